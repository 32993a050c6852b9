/** Erases the types of TypeScript, keeping every other character where it is. */
import { stripTypeScriptTypes } from 'node:module'

export interface StripFailure {
  readonly ok: false
  /** Valid TypeScript that is more than types (an enum, say); otherwise it is not valid at all. */
  readonly unsupported: boolean
  /** Node's reader ran out of stack. In the thread where that happens it may read nothing more. */
  readonly exhausted: boolean
  readonly message: string
  /** Where, when Node says so: a line counted from 1, and columns counted from 0. */
  readonly place: { readonly line: number; readonly start: number; readonly end: number } | undefined
}

export type StripResult = { readonly ok: true; readonly code: string } | StripFailure

/** What Node throws, as it arrives from another thread. */
export interface NodeFailure {
  readonly code: unknown
  readonly message: string
  readonly stack: string
}

/**
 * Offsets in the result are those of the source. Node announces this function as experimental on its first use; that
 * notice is of no use to somebody who checks a spec, so it is held back during the (synchronous) call.
 */
export function stripTypes(source: string): StripResult {
  // Silences one notice of Node; nothing is read from the process. (Importing it would take 5 ms.)
  // oxlint-disable-next-line no-restricted-properties
  const { process } = globalThis
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return { ok: true, code: stripTypeScriptTypes(source) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { message, stack = '' } = error
    const failure = readFailure({ code: 'code' in error ? error.code : undefined, message, stack }, source)
    if (failure === undefined) throw error
    return failure
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The code of Node's error when its reader runs out of stack: it takes that for a bug of its own. */
export const EXHAUSTED = 'ERR_INTERNAL_ASSERTION'

/** What Node found wrong with a source; `undefined` for an error that is about something else. */
export function readFailure({ code, message, stack }: NodeFailure, source: string): StripFailure | undefined {
  if (code === EXHAUSTED) {
    const detail = 'Node cannot read it; perhaps it is nested too deeply'
    return { ok: false, unsupported: false, exhausted: true, message: detail, place: undefined }
  }
  if (typeof code !== 'string' || !code.endsWith('_TYPESCRIPT_SYNTAX')) return undefined
  return {
    ok: false,
    unsupported: code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    exhausted: false,
    message,
    place: readPlace(stack, source),
  }
}

/**
 * Node gives the place only as a drawing: `:line`, the line with its neighbours, and carets below. In it tabs and wide
 * characters are as wide as they look, so the carets count only below plain ones; otherwise the whole line is meant.
 */
function readPlace(stack: string, source: string): StripFailure['place'] {
  const [drawing = ''] = stack.split('\nSyntaxError', 1)
  const line = Number(/^[^\n]*:(\d+)\n/.exec(drawing)?.[1])
  const text = source.split('\n')[line - 1]
  if (text === undefined) return undefined
  const carets = /\n( *)(\^+)(?:\n|$)/.exec(drawing)
  if (carets === null || !/^[ -~]*\r?$/.test(text)) {
    return { line, start: text.length - text.trimStart().length, end: text.trimEnd().length }
  }
  const start = carets[1]?.length ?? 0
  return { line, start, end: start + (carets[2]?.length ?? 1) }
}
