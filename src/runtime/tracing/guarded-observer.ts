/** Tracing must never fail a run: a bug of ours ends the tracing of a segment, with one warning. */
import { messageOf } from '../../util/message-of.ts'
import type { RunObserver } from './run-observer.ts'

/** An observer that stops watching at its first error. */
export function guardedObserver(observer: RunObserver, warn: (message: string) => void): RunObserver {
  let broken = false
  const guard = (work: () => void): void => {
    if (broken) return
    try {
      work()
    } catch (error) {
      broken = true
      warn(`the run is no longer traced: ${messageOf(error)}`)
    }
  }
  return {
    asks: (question) => guard(() => observer.asks(question)),
    attemptFailed: (path, failure) => guard(() => observer.attemptFailed(path, failure)),
    listed: (path, listing) => guard(() => observer.listed(path, listing)),
    event: (event) => guard(() => observer.event(event)),
    end: (state, error) => guard(() => observer.end(state, error)),
  }
}
