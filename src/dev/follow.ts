/** Computes something from files, and anew whenever one of them changes. */
import { nextChanged } from './next-changed.ts'
import { createObservations } from './observations.ts'
import type { Observe } from './observations.ts'
import { createWatcher } from './watcher.ts'

export interface Followed<Value> {
  readonly value: Value
  /** Absolute paths of the files that made it necessary; none the first time. */
  readonly changed: readonly string[]
  /** Absolute paths of all files that are watched. */
  readonly watched: readonly string[]
}

/**
 * What `compute` gives, at first and after every change of what it read through `observe`. No change is lost: files are
 * compared with what was read, so one that changes while it is being read counts, and one that is written with the same
 * text does not. Ends when `signal` is aborted.
 *
 * @throws WatchFailure, and what `compute` throws.
 */
export async function* follow<Value>(
  compute: (observe: Observe) => Promise<Value>,
  signal: AbortSignal,
): AsyncGenerator<Followed<Value>, void, void> {
  await using watcher = createWatcher()
  let changed: readonly string[] = []
  while (!signal.aborted) {
    const observations = createObservations()
    const value = await compute(observations.observe)
    await watcher.watch(observations.paths())
    yield { value, changed, watched: observations.paths() }
    changed = await nextChanged(watcher, observations, signal)
  }
}
