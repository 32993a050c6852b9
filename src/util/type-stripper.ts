/**
 * Erases types where deep nesting does no harm. Node's reader of TypeScript runs out of stack on a text that is nested a
 * thousand levels deep, and from then on reads nothing more in that thread, not even for Node itself. So only texts that
 * are too short for such depth are read here; the others are read in a thread that is given up when this happens.
 */
import { startStripThread } from './strip-thread.ts'
import type { StripThread } from './strip-thread.ts'
import { stripTypes } from './strip-types.ts'
import type { StripResult } from './strip-types.ts'

export interface TypeStripper extends Disposable {
  /** Says that texts are to come: where a thread reads them, it starts meanwhile. */
  prepare(): void
  /** As `stripTypes`; whatever one text does to the reader, the next one is read as if it were the first. */
  strip(source: string): Promise<StripResult>
}

/**
 * Characters of a text that cannot break the reader: nothing breaks it with fewer than a thousand levels, and a level
 * takes at least a character.
 */
const harmless = 800

/** Reads short texts at once, and starts a thread only for a longer one. */
export function createTypeStripper(): TypeStripper {
  const thread = createThreadedStripper()
  return {
    ...thread,
    prepare: () => {},
    strip: async (source) => (source.length <= harmless ? stripTypes(source) : await thread.strip(source)),
  }
}

/**
 * Reads every text in a thread. Node's reader takes longer to load than most texts take to read: a process that has
 * other work to do meanwhile ends sooner.
 */
export function createThreadedStripper(): TypeStripper {
  let thread: StripThread | undefined
  let busy: Promise<unknown> = Promise.resolve()
  const end = (): void => {
    thread?.end()
    thread = undefined
  }
  const stripNow = async (source: string): Promise<StripResult> => {
    thread ??= startStripThread()
    const result = await thread.strip(source)
    if (!result.ok && result.exhausted) end()
    return result
  }
  return {
    prepare: () => void (thread ??= startStripThread()),
    strip: async (source) => {
      const result = busy.then(() => stripNow(source))
      busy = result.catch(() => {})
      return await result
    },
    [Symbol.dispose]: end,
  }
}
