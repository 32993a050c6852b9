import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { delayBefore, respondWithRetry } from '../../../src/runtime/models/retry.ts'
import { scriptedModel } from '../../../src/runtime/models/scripted/scripted-model.ts'
import { NO_USAGE } from '../../../src/runtime/state/usage.ts'
import { definition, failure, request, steps } from './support.ts'
import type { RetryDefinition, ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Model, ModelEvent } from '../../../src/runtime/models/model.ts'
import type { RetryEvent, RetryOptions } from '../../../src/runtime/models/retry.ts'

const BUSY: ScriptStep = { error: { status: 429, message: 'slow down' } }
const BACKOFF = { initial: 500, max: 30_000, multiplier: 2, jitter: false }

function policy(changes: Partial<RetryDefinition> = {}) {
  const defaults = definition()
  return { ...defaults, retry: { ...defaults.retry, backoff: BACKOFF, ...changes } }
}

/** Runs to the end and notes how long it would have slept. */
async function run(model: Model, retry = policy(), changes: Partial<RetryOptions> = {}, asked = request()) {
  const slept: number[] = []
  const events: RetryEvent[] = []
  const clock = { sleep: async (ms: number) => void slept.push(ms) }
  const options = { signal: new AbortController().signal, stream: true, clock, random: () => 0, ...changes }
  const done = (async () => {
    for await (const batch of respondWithRetry(model, asked, retry, options)) events.push(...batch)
  })()
  return { slept, events, done }
}

describe('attempts', () => {
  test('go on until the model answers, and are counted', async () => {
    const { done, events, slept } = await run(scriptedModel(steps(BUSY, BUSY, { text: 'ok' }), 'm'))
    await done
    expect(events.at(-1)).toMatchObject({ type: 'response', attempts: 3 })
    expect(events.filter((event) => event.type === 'attempt')).toMatchObject([
      { attempt: 1, delay: 500, failure: { status: 429 } },
      { attempt: 2, delay: 1000, failure: { status: 429 } },
    ])
    expect(slept).toEqual([500, 1000])
  })

  test('advance the request, so that a script goes on from where the run was', async () => {
    const seen: unknown[] = []
    const inner = scriptedModel(steps({ text: 'old' }, BUSY, { text: 'new' }), 'm')
    const model: Model = {
      name: 'm',
      respond: (asked, options) => {
        seen.push(asked.attempts)
        return inner.respond(asked, options)
      },
    }
    const { done } = await run(model, policy(), {}, request({ attempts: { run: 1, agent: 0 } }))
    await done
    expect(seen).toEqual([
      { run: 1, agent: 0 },
      { run: 2, agent: 1 },
    ])
  })

  test('are used up: the last failure comes with their number', async () => {
    const { done, slept } = await run(scriptedModel(steps(BUSY, BUSY, BUSY, { text: 'late' }), 'm'))
    const error = await failure(done, ModelFailure)
    expect(error).toMatchObject({ attempts: 3, status: 429, retryable: 'rate_limit' })
    expect(slept).toHaveLength(2)
  })

  test('a cause that the policy does not list is not retried', async () => {
    const model = scriptedModel(steps(BUSY, { text: 'late' }), 'm')
    const { done } = await run(model, policy({ on: ['server_error'] }))
    expect(await failure(done, ModelFailure)).toMatchObject({ attempts: 1, retryable: 'rate_limit' })
  })

  test('a failure that would come again is not retried', async () => {
    const { done } = await run(scriptedModel(steps({ error: { status: 400 } }, { text: 'late' }), 'm'))
    expect(await failure(done, ModelFailure)).toMatchObject({ attempts: 1, status: 400 })
  })

  test('an abort while waiting ends with its reason and asks no more', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let asked = 0
    const model: Model = {
      name: 'm',
      respond: () => {
        asked++
        throw new ModelFailure('busy', { retryable: 'rate_limit' })
      },
    }
    const sleep = async () => {
      controller.abort(reason)
      controller.signal.throwIfAborted()
    }
    const { done } = await run(model, policy(), { signal: controller.signal, clock: { sleep } })
    await expect(done).rejects.toBe(reason)
    expect(asked).toBe(1)
  })

  test('an error that is no ModelFailure passes through', async () => {
    const bug = new TypeError('bug')
    const model: Model = {
      name: 'm',
      respond: () => {
        throw bug
      },
    }
    const { done } = await run(model)
    await expect(done).rejects.toBe(bug)
  })
})

describe('output that was handed out', () => {
  const PREAMBLE: ModelEvent = { type: 'delta', data: { type: 'response.created' }, preamble: true }
  const TEXT: ModelEvent = { type: 'text', delta: 'Hel' }
  const RESPONSE: ModelEvent = {
    type: 'response',
    response: { response_id: null, items: [], usage: NO_USAGE },
  }

  /** Gives some events at the first attempt and breaks; answers at the second. */
  function breaksAfter(...events: readonly ModelEvent[]): Model {
    let attempts = 0
    return {
      name: 'm',
      async *respond() {
        attempts++
        if (attempts > 1) {
          yield PREAMBLE
          yield RESPONSE
          return
        }
        yield* events
        throw new ModelFailure('cut', { retryable: 'network' })
      },
    }
  }

  test('rules out another attempt', async () => {
    const { done, events } = await run(breaksAfter(PREAMBLE, TEXT))
    expect(await failure(done, ModelFailure)).toMatchObject({ attempts: 1, retryable: 'network' })
    expect(events).toEqual([PREAMBLE, TEXT])
  })

  test('events before it do not: they are handed out as they come, and another attempt follows', async () => {
    const { done, events } = await run(breaksAfter(PREAMBLE, PREAMBLE))
    await done
    expect(events.map((event) => event.type)).toEqual(['delta', 'delta', 'attempt', 'delta', 'response'])
  })
})

describe('the delay', () => {
  const busy = (retryAfter: number | null) =>
    new ModelFailure('busy', { retryable: 'rate_limit', retryAfter })
  const retry = (changes = {}): RetryDefinition => ({ ...policy({ max_attempts: 10 }).retry, ...changes })

  test('grows up to the maximum', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) =>
      delayBefore(retry(), attempt, busy(null), () => 0),
    )
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('jitter takes up to half of it away', () => {
    const jittered = retry({ backoff: { ...BACKOFF, jitter: true } })
    expect(delayBefore(jittered, 1, busy(null), () => 0)).toBe(500)
    expect(delayBefore(jittered, 1, busy(null), () => 0.999)).toBe(250)
  })

  test('is what the provider asks for, without jitter', () => {
    const jittered = retry({ backoff: { ...BACKOFF, jitter: true } })
    expect(delayBefore(jittered, 1, busy(30_000), () => 0.5)).toBe(30_000)
    expect(delayBefore(jittered, 1, busy(0), () => 0.5)).toBe(0)
  })

  test('a provider that asks for more than the maximum makes the attempt the last', () => {
    expect(delayBefore(retry(), 1, busy(30_001), () => 0)).toBeNull()
  })
})
