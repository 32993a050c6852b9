/** Attempts at one response, as the retry policy of a model allows them. */
import { ModelFailure } from '../failures.ts'
import { runAttempt } from './attempt.ts'
import type { ModelDefinition, RetryDefinition } from '../../compiler/program-models.ts'
import type { Clock } from '../ports.ts'
import type { Model, ModelEvent, ModelRequest, ModelResponse } from './model.ts'

/** What a model's definition says about attempts. */
export type AttemptPolicy = Pick<ModelDefinition, 'retry' | 'timeout' | 'idle_timeout'>

export type RetryEvent =
  | Exclude<ModelEvent, { type: 'response' }>
  /** An attempt (counted from 1) failed; the next one starts after `delay` milliseconds. */
  | {
      readonly type: 'attempt'
      readonly attempt: number
      readonly failure: ModelFailure
      readonly delay: number
    }
  /** The last event, exactly once. `attempts` counts the successful one too. */
  | { readonly type: 'response'; readonly response: ModelResponse; readonly attempts: number }

export interface RetryOptions {
  readonly signal: AbortSignal
  readonly stream: boolean
  readonly clock: Pick<Clock, 'sleep'>
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number
}

/**
 * Asks a model until it answers or the policy is used up. Every event is handed out as it comes: those that came together
 * in one batch, and none waits for another. Nothing is retried once a part of the answer was among them; events without one (`preamble`) of an attempt that failed are followed by `attempt`.
 * `request.attempts` advances with every attempt.
 *
 * @throws ModelFailure of the last attempt, with `attempts`; an abort by `signal` rejects with the signal's reason.
 */
export async function* respondWithRetry(
  model: Model,
  request: ModelRequest,
  policy: AttemptPolicy,
  options: RetryOptions,
): AsyncGenerator<readonly RetryEvent[], void, void> {
  for (let attempt = 1; ; attempt++) {
    let started = false
    try {
      const events = runAttempt(model, advance(request, attempt - 1), { ...options, limits: policy })
      for await (const batch of events) {
        started ||= batch.some(isOutput)
        yield batch.map((event) => (event.type === 'response' ? { ...event, attempts: attempt } : event))
        if (batch.at(-1)?.type === 'response') return
      }
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error
      const delay = started ? null : delayBefore(policy.retry, attempt, error, options.random)
      if (delay === null) throw countAttempts(error, attempt)
      yield [{ type: 'attempt', attempt, failure: error, delay }]
      await options.clock.sleep(delay, options.signal)
    }
  }
}

/** Whether an event holds a part of the answer. */
export function isOutput(event: ModelEvent | RetryEvent): boolean {
  return event.type === 'text' || (event.type === 'delta' && event.preamble !== true)
}

/**
 * Milliseconds to wait before the next attempt; `null`: this one was the last. What the provider asks for is honoured
 * up to `backoff.max`; else the delay grows with every attempt, and jitter takes up to half of it away.
 */
export function delayBefore(
  retry: RetryDefinition,
  attempt: number,
  failure: ModelFailure,
  random: () => number,
): number | null {
  if (attempt >= retry.max_attempts || failure.retryable === null || !retry.on.includes(failure.retryable))
    return null
  const { initial, max, multiplier, jitter } = retry.backoff
  if (failure.retryAfter !== null) return failure.retryAfter <= max ? failure.retryAfter : null
  const delay = Math.min(max, initial * multiplier ** (attempt - 1))
  return Math.round(jitter ? delay * (1 - random() / 2) : delay)
}

function advance(request: ModelRequest, made: number): ModelRequest {
  if (made === 0) return request
  const { run, agent } = request.attempts
  return { ...request, attempts: { run: run + made, agent: agent + made } }
}

function countAttempts(failure: ModelFailure, attempts: number): ModelFailure {
  return new ModelFailure(failure.message, {
    code: failure.code,
    retryable: failure.retryable,
    status: failure.status,
    retryAfter: failure.retryAfter,
    attempts,
    cause: failure.cause,
  })
}
