/** One attempt at a model call, within its time limits. */
import { ModelFailure } from '../failures.ts'
import { invariant } from '../../util/invariant.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import type { Model, ModelEmission, ModelEvent, ModelRequest } from './model.ts'

/** Milliseconds for the whole attempt, and of silence once the server began to answer. */
export type AttemptLimits = Pick<ModelDefinition, 'timeout' | 'idle_timeout'>

export interface AttemptOptions {
  readonly signal: AbortSignal
  readonly stream: boolean
  readonly limits: AttemptLimits
}

/**
 * The events of one attempt in the batches they come in, the `response` event last. The time a consumer takes between two
 * batches counts towards `timeout` but is not silence.
 *
 * @throws ModelFailure retryable as `timeout` when a limit is reached, also for a model that ignores its signal; an
 *   abort by `signal` rejects with the signal's reason.
 */
export async function* runAttempt(
  model: Model,
  request: ModelRequest,
  options: AttemptOptions,
): AsyncGenerator<readonly ModelEvent[], void, void> {
  options.signal.throwIfAborted()
  const watch = createWatch(model.name, options)
  const call = { signal: watch.signal, stream: options.stream, onActivity: watch.onActivity }
  const events = model.respond(request, call)[Symbol.asyncIterator]()
  let open = true
  try {
    while (open) {
      const result = await watch.guard(events.next())
      invariant(result.done !== true, `${model.name} ended without a response`)
      watch.onActivity()
      const batch = batchOf(result.value)
      open = batch.at(-1)?.type !== 'response'
      if (batch.length > 0) yield batch
    }
  } finally {
    watch.end(open)
    if (open) abandon(events)
  }
}

function batchOf(emission: ModelEmission): readonly ModelEvent[] {
  return 'type' in emission ? [emission] : emission
}

interface Watch {
  /** Aborts when the caller aborts, when a limit is reached, and when the attempt is given up. */
  readonly signal: AbortSignal
  readonly onActivity: () => void
  /** The promise, unless the signal aborts first: then it rejects with the signal's reason. */
  guard<T>(promise: Promise<T>): Promise<T>
  /** Stops the clocks; `givenUp` also aborts what still runs. */
  end(givenUp: boolean): void
}

/** Longest delay of `setTimeout`; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

function createWatch(name: string, { signal, stream, limits }: AttemptOptions): Watch {
  const controller = new AbortController()
  let waiting: ((reason: unknown) => void) | null = null
  let silence: NodeJS.Timeout | null = null
  const stop = (reason: unknown): void => {
    controller.abort(reason)
    waiting?.(reason)
  }
  const onAbort = (): void => stop(signal.reason)
  const onSilence = (): void => {
    if (waiting === null) silence?.refresh()
    else stop(timeoutFailure(`${name} sent nothing for ${limits.idle_timeout} ms (idle_timeout)`))
  }
  const deadline = setTimeout(
    () => stop(timeoutFailure(`${name} did not finish within ${limits.timeout} ms (timeout)`)),
    Math.min(limits.timeout, LONGEST_TIMER),
  )
  signal.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    onActivity: () => {
      if (!stream || controller.signal.aborted) return
      if (silence === null) silence = setTimeout(onSilence, Math.min(limits.idle_timeout, LONGEST_TIMER))
      else silence.refresh()
    },
    guard: (promise) =>
      new Promise((resolve, reject) => {
        waiting = reject
        silence?.refresh()
        if (controller.signal.aborted) reject(controller.signal.reason)
        const settle =
          <V>(done: (value: V) => void) =>
          (value: V): void => {
            waiting = null
            done(value)
          }
        promise.then(settle(resolve), settle(reject))
      }),
    end: (givenUp) => {
      clearTimeout(deadline)
      if (silence !== null) clearTimeout(silence)
      signal.removeEventListener('abort', onAbort)
      if (givenUp) controller.abort()
    },
  }
}

function timeoutFailure(message: string): ModelFailure {
  return new ModelFailure(message, { retryable: 'timeout' })
}

/** Lets the model clean up without waiting for it: nobody is left to hear of a failure in there. */
function abandon(events: AsyncIterator<ModelEmission>): void {
  events.return?.().then(ignore, ignore)
}

function ignore(): void {}
