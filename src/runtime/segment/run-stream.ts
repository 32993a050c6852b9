/** A segment under way, as its users hold it: events to iterate, a result to await, and ways to stop. */
import { UsageFailure } from '../failures.ts'
import type { RunResult } from '../run-result.ts'
import type { RunStream } from '../runtime.ts'
import { eventsOf } from '../runner/run-context.ts'
import type { Emission } from '../runner/run-context.ts'
import type { RunEvent } from '../state/stream-events.ts'
import type { StopSignals } from './run-segment.ts'

/** The events of a segment; its return value is the result. */
export type SegmentSource = (stop: StopSignals) => AsyncGenerator<Emission, RunResult>

/**
 * Nothing happens until somebody iterates or awaits the result. Events are pulled, so that a slow consumer slows the run
 * instead of filling memory. Leaving the iteration early stops the run at once; it stays resumable.
 */
export function createRunStream(source: SegmentSource, outer?: AbortSignal): RunStream {
  const controller = new AbortController()
  let afterTurn = false
  let begun = false
  const settled = Promise.withResolvers<RunResult>()
  // A failure reaches whoever iterates; the promise reports it only to those who ask for it.
  settled.promise.catch(() => null)
  const signal = outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer])

  async function* emissions(): AsyncGenerator<Emission, void> {
    if (begun) throw secondConsumer()
    begun = true
    const segment = source({ signal, stopsAfterTurn: () => afterTurn })
    let finished = false
    try {
      for (;;) {
        const step = await segment.next()
        if (step.done === true) {
          finished = true
          settled.resolve(step.value)
          return
        }
        yield step.value
      }
    } catch (error) {
      finished = true
      settled.reject(error)
      throw error
    } finally {
      if (!finished) await abandon(segment)
    }
  }

  async function* events(): AsyncGenerator<RunEvent, void> {
    for await (const emission of emissions()) for (const event of eventsOf(emission)) yield event
  }

  async function abandon(segment: AsyncGenerator<Emission, RunResult>): Promise<void> {
    controller.abort(new Error('nobody listens to this run any more'))
    try {
      for (;;) {
        const step = await segment.next()
        if (step.done === true) return settled.resolve(step.value)
      }
    } catch (error) {
      settled.reject(error)
    }
  }

  async function drain(): Promise<void> {
    const rest = emissions()
    while ((await rest.next()).done !== true);
  }

  return {
    [Symbol.asyncIterator]: events,
    get result() {
      if (!begun) drain().catch(() => null)
      return settled.promise
    },
    stop(mode) {
      afterTurn = true
      if (mode === 'now') controller.abort(new Error('the run was stopped'))
    },
  }
}

/** Events are pulled, so there is one who pulls: two would each get a part. */
function secondConsumer(): UsageFailure {
  return new UsageFailure(
    'stream_in_use',
    'The events of this run are read already: by another iteration, or because its result was awaited first',
    'Iterate once, and await the result after that; what was journaled is read with runtime.events',
  )
}
