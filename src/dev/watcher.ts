/** Notices that files may have changed: written, replaced, removed or made anew, wherever a link leads. */
import { watch } from 'chokidar'
import type { FSWatcher } from 'chokidar'
import { createBursts } from './bursts.ts'
import { messageOf } from '../util/message-of.ts'

export interface Watcher extends AsyncDisposable {
  /**
   * Watches the files at these absolute paths from now on, instead of those before; they need not exist. What happens to
   * them after this has resolved is noticed.
   *
   * @throws WatchFailure as when the limit of watched files is reached.
   */
  readonly watch: (paths: readonly string[]) => Promise<void>
  /**
   * Resolves after a burst of changes since the last call, or when `signal` is aborted.
   *
   * @throws WatchFailure
   */
  readonly nextChange: (signal: AbortSignal) => Promise<void>
  /**
   * Resolves once nothing has changed for as long as a burst takes to end, or when `signal` is aborted.
   *
   * @throws WatchFailure
   */
  readonly quiet: (signal: AbortSignal) => Promise<void>
}

/** The system does not let us watch. */
export class WatchFailure extends Error {
  override readonly name = 'WatchFailure'
}

/** Milliseconds: short for a person who saves a file, long for a program that writes one piece by piece. */
const BURST = { quietMs: 50, longestMs: 1000 }

export function createWatcher(): Watcher {
  const bursts = createBursts(BURST)
  let current: { readonly targets: ReadonlySet<string>; readonly watcher: FSWatcher } | undefined
  let failure: WatchFailure | undefined
  const fail = (cause: unknown): void => {
    failure = new WatchFailure(messageOf(cause), { cause })
    bursts.knock()
  }
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure
  }
  return {
    async watch(paths) {
      const targets = new Set(paths)
      if (current !== undefined && isSame(targets, current.targets)) return
      const before = current?.watcher
      const watcher = open(targets, bursts.knock, fail)
      current = { targets, watcher }
      await ready(watcher)
      await before?.close()
      throwFailure()
    },
    async nextChange(signal) {
      await bursts.nextEnd(signal)
      throwFailure()
    },
    async quiet(signal) {
      bursts.knock()
      await bursts.nextEnd(signal)
      throwFailure()
    },
    async [Symbol.asyncDispose]() {
      await current?.watcher.close()
    },
  }
}

function open(targets: ReadonlySet<string>, knock: () => void, fail: (error: unknown) => void): FSWatcher {
  const watcher = watch([...targets], {
    ignoreInitial: true,
    // A path may turn out to be a folder: what is in it is of no interest.
    ignored: (path) => !targets.has(path),
    // Bursts put together what belongs together.
    atomic: false,
    ignorePermissionErrors: true,
  })
  return watcher.on('all', knock).on('error', fail)
}

function ready(watcher: FSWatcher): Promise<void> {
  return new Promise((resolve) => {
    watcher.once('ready', resolve)
    // One that fails may never be ready.
    watcher.once('error', () => resolve())
  })
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && a.isSubsetOf(b)
}
