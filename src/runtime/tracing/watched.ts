/** Lets an observer see the events of a segment on their way. */
import type { RunEvent } from '../state/events.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunObserver } from './run-observer.ts'

/** The same events. `last` gives the state the segment came to, on every way out. */
export async function* watched(
  events: AsyncGenerator<RunEvent, void>,
  observer: RunObserver,
  last: () => RunState,
): AsyncGenerator<RunEvent, void> {
  let thrown: unknown
  try {
    for await (const event of events) {
      observer.event(event)
      yield event
    }
  } catch (error) {
    thrown = error
    throw error
  } finally {
    observer.end(last(), thrown)
  }
}
