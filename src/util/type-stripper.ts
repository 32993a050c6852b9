/**
 * Erases types where deep nesting does no harm. Node's reader of TypeScript runs out of stack on a text that is nested a
 * thousand levels deep, and from then on reads nothing more in that thread, not even for Node itself. So only texts that
 * cannot be that deep are read here; the others are read in a thread that is given up when this happens.
 */
import { startStripThread } from './strip-thread.ts'
import type { StripThread } from './strip-thread.ts'
import { stripTypes } from './strip-types.ts'
import type { StripResult } from './strip-types.ts'

export interface TypeStripper extends Disposable {
  /** As `stripTypes`; whatever one text does to the reader, the next one is read as if it were the first. */
  strip(source: string): Promise<StripResult>
}

/** Starts a thread only for a text that needs one. Texts are read one after the other. */
export function createTypeStripper(): TypeStripper {
  let thread: StripThread | undefined
  let busy: Promise<unknown> = Promise.resolve()
  const end = (): void => {
    thread?.end()
    thread = undefined
  }
  const stripInThread = async (source: string): Promise<StripResult> => {
    thread ??= startStripThread()
    const result = await thread.strip(source)
    if (!result.ok && result.exhausted) end()
    return result
  }
  return {
    strip: async (source) => {
      if (isHarmless(source)) return stripTypes(source)
      const result = busy.then(() => stripInThread(source))
      busy = result.catch(() => {})
      return await result
    },
    [Symbol.dispose]: end,
  }
}

/**
 * True for a text that cannot break the reader. Each level takes a bracket, an operator or a keyword, and what breaks it
 * soonest is 1,024 parentheses; whether they stand in a string or a comment is not looked at.
 */
function isHarmless(source: string): boolean {
  if (source.length > maxLength) return false
  let levels = 0
  for (const _ of source.matchAll(level)) if (++levels > maxLevels) return false
  return true
}

const maxLength = 16_000
const maxLevels = 450
const level =
  /[([{<`=:?!~+-]|\b(?:await|case|class|delete|do|else|extends|for|function|if|infer|keyof|namespace|new|readonly|switch|try|typeof|unique|void|while|with|yield)\b/g
