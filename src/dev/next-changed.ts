/** Waits until what was read from files is no longer what they say, and nobody is in the middle of writing them. */
import type { Observations } from './observations.ts'
import type { Watcher } from './watcher.ts'

/**
 * The files that are no longer what they were; none when `signal` is aborted. A file that is empty or gone may be about to be
 * written: it counts once it has stayed so for another while.
 *
 * @throws WatchFailure
 */
export async function nextChanged(
  watcher: Pick<Watcher, 'nextChange' | 'quiet'>,
  observations: Pick<Observations, 'changed'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // What changed while it was computed may be half written: it has to be quiet first.
  let patience = 1
  while (!signal.aborted) {
    const changes = await observations.changed()
    const needed = changes.some(({ isBlank }) => isBlank) ? -1 : 0
    if (changes.length === 0) {
      await watcher.nextChange(signal)
      patience = 0
    } else if (patience <= needed) return changes.map(({ path }) => path)
    else {
      await watcher.quiet(signal)
      patience--
    }
  }
  return []
}
