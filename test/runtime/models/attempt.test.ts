import { afterEach, describe, expect, test, vi } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { InternalError } from '../../../src/util/invariant.ts'
import { runAttempt } from '../../../src/runtime/models/attempt.ts'
import { NO_USAGE } from '../../../src/runtime/state/usage.ts'
import { failure, request } from './support.ts'
import type { AttemptOptions } from '../../../src/runtime/models/attempt.ts'
import type { Model, ModelCallOptions, ModelEvent } from '../../../src/runtime/models/model.ts'

const FOREVER = 3_600_000
const RESPONSE: ModelEvent = { type: 'response', response: { response_id: null, items: [], usage: NO_USAGE } }
const DELTA: ModelEvent = { type: 'text', delta: 'x' }

/** A model that does what a generator says. */
function modelOf(respond: (options: ModelCallOptions) => AsyncGenerator<ModelEvent>): Model {
  return { name: 'test/m', respond: (_request, options) => respond(options) }
}

async function* silence(): AsyncGenerator<ModelEvent> {
  yield await new Promise<never>(() => {})
}

function options(changes: Partial<AttemptOptions> = {}): AttemptOptions {
  const limits = { timeout: FOREVER, idle_timeout: FOREVER }
  return { signal: new AbortController().signal, stream: true, limits, ...changes }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

afterEach(() => {
  vi.useRealTimers()
})

async function drain(batches: AsyncIterable<readonly ModelEvent[]>): Promise<readonly ModelEvent[]> {
  return (await Array.fromAsync(batches)).flat()
}

test('hands the events on and ends with the response', async () => {
  const model = modelOf(async function* () {
    yield DELTA
    yield RESPONSE
  })
  expect(await drain(runAttempt(model, request(), options()))).toEqual([DELTA, RESPONSE])
})

describe('timeout', () => {
  test('ends an attempt that does not answer, also when the model ignores its signal', async () => {
    const model = modelOf(async function* () {
      yield* silence()
    })
    const limits = { timeout: 20, idle_timeout: FOREVER }
    const error = await failure(
      drain(runAttempt(model, request(), options({ limits, stream: false }))),
      ModelFailure,
    )
    expect(error).toMatchObject({ retryable: 'timeout', code: 'model_error' })
    expect(error.message).toBe('test/m did not finish within 20 ms (timeout)')
  })

  test('ends an attempt that streams for too long', async () => {
    const model = modelOf(async function* () {
      for (;;) {
        await sleep(1)
        yield DELTA
      }
    })
    const limits = { timeout: 30, idle_timeout: FOREVER }
    const error = await failure(drain(runAttempt(model, request(), options({ limits }))), ModelFailure)
    expect(error.retryable).toBe('timeout')
  })

  test('aborts what the model still does', async () => {
    let signal: AbortSignal | undefined
    const model = modelOf(async function* (call) {
      signal = call.signal
      yield* silence()
    })
    const limits = { timeout: 20, idle_timeout: FOREVER }
    await failure(drain(runAttempt(model, request(), options({ limits }))), ModelFailure)
    expect(signal?.aborted).toBe(true)
  })
})

describe('idle_timeout', () => {
  const limits = { timeout: FOREVER, idle_timeout: 30 }

  test('ends a stream that falls silent', async () => {
    const model = modelOf(async function* () {
      yield DELTA
      yield* silence()
    })
    const error = await failure(drain(runAttempt(model, request(), options({ limits }))), ModelFailure)
    expect(error.message).toBe('test/m sent nothing for 30 ms (idle_timeout)')
    expect(error.retryable).toBe('timeout')
  })

  test('starts when the server begins to answer, not before', async () => {
    const model = modelOf(async function* () {
      await sleep(120)
      yield RESPONSE
    })
    expect(await drain(runAttempt(model, request(), options({ limits })))).toEqual([RESPONSE])
  })

  test('starts with the first sign of life, before any event', async () => {
    const model = modelOf(async function* ({ onActivity }) {
      onActivity?.()
      yield* silence()
    })
    const error = await failure(drain(runAttempt(model, request(), options({ limits }))), ModelFailure)
    expect(error.message).toContain('idle_timeout')
  })

  test('does not count the time the consumer takes', async () => {
    const model = modelOf(async function* () {
      yield DELTA
      yield RESPONSE
    })
    const all: ModelEvent[] = []
    for await (const batch of runAttempt(model, request(), options({ limits }))) {
      await sleep(120)
      all.push(...batch)
    }
    expect(all).toEqual([DELTA, RESPONSE])
  })

  test('counts from when the consumer asks again', async () => {
    vi.useFakeTimers()
    const model = modelOf(async function* () {
      yield DELTA
      await sleep(10)
      yield RESPONSE
    })
    const all: ModelEvent[] = []
    const run = async () => {
      for await (const batch of runAttempt(model, request(), options({ limits }))) {
        all.push(...batch)
        await sleep(25)
      }
    }
    const done = run()
    await vi.advanceTimersByTimeAsync(100)
    await done
    expect(all).toEqual([DELTA, RESPONSE])
  })

  test('does not apply without streaming', async () => {
    const model = modelOf(async function* ({ onActivity }) {
      onActivity?.()
      await sleep(120)
      yield RESPONSE
    })
    expect(await drain(runAttempt(model, request(), options({ limits, stream: false })))).toEqual([RESPONSE])
  })
})

describe('abort', () => {
  test('rejects with the reason, also when the model ignores its signal', async () => {
    const controller = new AbortController()
    const model = modelOf(async function* () {
      yield* silence()
    })
    const result = drain(runAttempt(model, request(), options({ signal: controller.signal })))
    const reason = new Error('enough')
    setTimeout(() => controller.abort(reason), 5)
    await expect(result).rejects.toBe(reason)
  })

  test('before the start asks nobody', async () => {
    const reason = new Error('enough')
    let asked = false
    const model = modelOf(async function* () {
      asked = true
      yield RESPONSE
    })
    await expect(
      drain(runAttempt(model, request(), options({ signal: AbortSignal.abort(reason) }))),
    ).rejects.toBe(reason)
    expect(asked).toBe(false)
  })

  test('a consumer that stops early stops the model', async () => {
    let signal: AbortSignal | undefined
    const model = modelOf(async function* (call) {
      signal = call.signal
      yield DELTA
      yield* silence()
    })
    for await (const batch of runAttempt(model, request(), options())) {
      expect(batch).toEqual([DELTA])
      break
    }
    expect(signal?.aborted).toBe(true)
  })

  test('a finished attempt is not aborted, and leaves no listener on the signal', async () => {
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const model = modelOf(async function* (call) {
      signal = call.signal
      yield RESPONSE
    })
    await drain(runAttempt(model, request(), options({ signal: controller.signal })))
    controller.abort()
    expect(signal?.aborted).toBe(false)
  })
})

test('a model that ends without a response is a bug', async () => {
  const model = modelOf(async function* () {
    yield DELTA
  })
  await expect(drain(runAttempt(model, request(), options()))).rejects.toBeInstanceOf(InternalError)
})
