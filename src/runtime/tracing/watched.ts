/** Lets an observer see the events of a segment on their way. */
import { eventsOf } from '../runner/run-context.ts'
import type { Emission } from '../runner/run-context.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunObserver } from './run-observer.ts'

/** The same events. `last` gives the state the segment came to, on every way out. */
export async function* watched(
  emissions: AsyncGenerator<Emission, void>,
  observer: RunObserver,
  last: () => RunState,
): AsyncGenerator<Emission, void> {
  let thrown: unknown
  try {
    for await (const emission of emissions) {
      for (const event of eventsOf(emission)) observer.event(event)
      yield emission
    }
  } catch (error) {
    thrown = error
    throw error
  } finally {
    observer.end(last(), thrown)
  }
}
