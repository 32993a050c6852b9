/**
 * `${VAR}` in the strings of a spec, as Compose has it: `${VAR}`, `${VAR:-default}` and `${VAR-default}`,
 * `${VAR:?message}` and `${VAR?message}`, and `$$` for a dollar sign. A `$` before anything else is itself.
 */

/** A stretch of literal text, or a variable. Offsets are UTF-16 code units of the whole text, `end` exclusive. */
export type InterpolationPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly start: number
      readonly end: number
      /** With a colon an empty value counts as none. */
      readonly emptyIsUnset: boolean
      /** What stands in for an unset variable. It may hold variables of its own. */
      readonly fallback?: readonly InterpolationPart[]
      /** The variable must be set; what to say when it is not (empty: nothing in particular). */
      readonly message?: string
    }

export interface InterpolationError {
  readonly error: string
  /** Where in the text the mistake begins. */
  readonly offset: number
}

export interface MissingVariable {
  readonly name: string
  /** The spec's own words for it, when it has some. */
  readonly message: string | null
  readonly offset: number
}

export interface Interpolated {
  readonly text: string
  /** Every variable that was looked up, once, in order. */
  readonly used: readonly string[]
  /** `${VAR:?message}` without a value: the text must not be used. */
  readonly missing: readonly MissingVariable[]
  /** `${VAR}` without a value and without a default: it became the empty text. */
  readonly unset: readonly { readonly name: string; readonly offset: number }[]
}

/**
 * Keys of a spec below which a `${` is none of ours, wherever strings are interpolated: scripts, code, expressions,
 * schemas, and templates that come from files.
 */
export const literalKeys: ReadonlySet<string> = new Set([
  'script',
  'when',
  'handler',
  'tool_meta',
  'parameters',
  'template',
])

const maxNesting = 16

/** Reads a text once. A mistake is returned, never thrown. */
export function parseInterpolation(
  text: string,
): { readonly parts: readonly InterpolationPart[] } | InterpolationError {
  const reader: Reader = { text, offset: 0, depth: 0 }
  try {
    return { parts: readParts(reader) }
  } catch (error) {
    if (error instanceof Mistake) return { error: error.message, offset: error.offset }
    throw error
  }
}

/** Puts values in. Only own properties of `variables` count; `undefined` means unset. */
export function interpolate(
  parts: readonly InterpolationPart[],
  variables: Readonly<Record<string, string | undefined>>,
): Interpolated {
  const used = new Set<string>()
  const missing: MissingVariable[] = []
  const unset: { name: string; offset: number }[] = []

  const expand = (list: readonly InterpolationPart[]): string =>
    list.map((part) => (part.kind === 'text' ? part.text : valueOf(part))).join('')

  const valueOf = (part: InterpolationPart & { kind: 'variable' }): string => {
    used.add(part.name)
    const value = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined
    if (value !== undefined && !(part.emptyIsUnset && value === '')) return value
    if (part.fallback !== undefined) return expand(part.fallback)
    if (part.message !== undefined) {
      missing.push({
        name: part.name,
        message: part.message === '' ? null : part.message,
        offset: part.start,
      })
    } else {
      unset.push({ name: part.name, offset: part.start })
    }
    return ''
  }

  const text = expand(parts)
  return { text, used: [...used], missing, unset }
}

/** True when the text has something to put in or a `$$` to unescape: most strings of a spec have neither. */
export function hasInterpolation(text: string): boolean {
  return text.includes('${') || text.includes('$$')
}

interface Reader {
  readonly text: string
  offset: number
  depth: number
}

/** Carries a syntax mistake from any depth of a default to `parseInterpolation`; it never leaves this file. */
class Mistake extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Reads up to the end of the text or, inside a default, up to the `}` that closes it. */
function readParts(reader: Reader): InterpolationPart[] {
  const parts: InterpolationPart[] = []
  let literal = ''
  while (reader.offset < reader.text.length) {
    const rest = reader.text.slice(reader.offset, reader.offset + 2)
    if (rest === '$$') {
      literal += '$'
      reader.offset += 2
    } else if (rest === '${') {
      if (literal !== '') parts.push({ kind: 'text', text: literal })
      literal = ''
      parts.push(readVariable(reader))
    } else if (reader.depth > 0 && rest.startsWith('}')) {
      break
    } else {
      literal += rest.charAt(0)
      reader.offset += 1
    }
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal })
  return parts
}

function readVariable(reader: Reader): InterpolationPart {
  const start = reader.offset
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(reader.text.slice(start + 2))?.[0]
  if (name === undefined) throw new Mistake(nameMistake(reader.text, start), start)
  reader.offset = start + 2 + name.length
  const operator = /^(?:\}|:-|:\?|-|\?)/.exec(reader.text.slice(reader.offset, reader.offset + 2))?.[0]
  if (operator === undefined) throw new Mistake(operatorMistake(reader, name), start)
  reader.offset += operator.length
  const common = { kind: 'variable', name, start, emptyIsUnset: operator.startsWith(':') } as const
  if (operator === '}') return { ...common, end: reader.offset }
  const argument = operator.endsWith('-')
    ? { fallback: readFallback(reader, start) }
    : { message: readMessage(reader, start) }
  return { ...common, ...argument, end: reader.offset }
}

function readFallback(reader: Reader, start: number): readonly InterpolationPart[] {
  if (reader.depth === maxNesting)
    throw new Mistake(`Defaults are nested more than ${maxNesting} deep.`, start)
  reader.depth += 1
  const parts = readParts(reader)
  reader.depth -= 1
  closeBrace(reader, start)
  return parts
}

function readMessage(reader: Reader, start: number): string {
  const end = reader.text.indexOf('}', reader.offset)
  const message = reader.text.slice(reader.offset, end === -1 ? undefined : end)
  reader.offset += message.length
  closeBrace(reader, start)
  return message.trim()
}

function closeBrace(reader: Reader, start: number): void {
  if (reader.text.charAt(reader.offset) !== '}') {
    throw new Mistake('"${" is never closed with "}". Write $$ for a dollar sign.', start)
  }
  reader.offset += 1
}

function nameMistake(text: string, start: number): string {
  const close = text.indexOf('}', start)
  if (close === -1) return '"${" is never closed with "}". Write $$ for a dollar sign.'
  const seen = text.slice(start, close + 1)
  const shown = seen.length > 40 ? `${seen.slice(0, 37)}...` : seen
  return `"${shown}" does not name a variable: letters, digits and _ only. Write $$ for a dollar sign.`
}

function operatorMistake(reader: Reader, name: string): string {
  if (reader.offset >= reader.text.length) {
    return `"\${${name}" is never closed with "}". Write $$ for a dollar sign.`
  }
  const seen = reader.text.slice(reader.offset, reader.offset + 2)
  return `"${seen}" cannot follow the variable ${name}. Use \${${name}}, \${${name}:-default} or \${${name}:?message}.`
}
