/** Maps offsets in a text value to offsets in the YAML it is written as. */

/** How a value is written: a scalar's quoting, the whole text of a file, or a list or map. */
export type Style = 'plain' | 'single' | 'double' | 'block' | 'file' | 'collection'

/**
 * For a text value and the characters it is written with (quotes, escapes, folding and indentation included), gives
 * the function from an offset in the value to the offset in what is written. The result is always inside `written`.
 */
export function alignText(written: string, value: string, style: Style): (offset: number) => number {
  const offsets: number[] = []
  const last = style === 'single' || style === 'double' ? written.length - 1 : written.length
  let at = contentStart(written, style)
  let index = 0
  while (index < value.length && at < last) {
    const character = value[index] ?? ''
    if (!isSpace(character)) at = skipUnseen(written, at, style)
    const unit = readUnit(written, at, style)
    if (isSpace(character) && unit.text !== character) {
      offsets.push(at)
      index += 1
      continue
    }
    for (let step = 0; step < unit.text.length; step++) offsets.push(at)
    index += unit.text.length
    at += unit.length
  }
  const end = Math.max(0, Math.min(at, written.length))
  return (offset) => (offset < offsets.length ? (offsets[Math.max(0, offset)] ?? end) : end)
}

function contentStart(written: string, style: Style): number {
  if (style === 'single' || style === 'double') return 1
  if (style !== 'block') return 0
  const lineEnd = written.indexOf('\n')
  return lineEnd < 0 ? written.length : skipIndentation(written, lineEnd + 1)
}

function skipIndentation(written: string, from: number): number {
  let at = from
  while (written[at] === ' ') at += 1
  return at
}

function skipUnseen(written: string, from: number, style: Style): number {
  let at = from
  for (;;) {
    if (isSpace(written[at] ?? '')) at += 1
    else if (style === 'double' && /^\\\r?\n/.test(written.slice(at, at + 3))) at += 2
    else return at
  }
}

/** One character of the value as it is written: itself, a doubled quote, or an escape. */
function readUnit(written: string, at: number, style: Style): { text: string; length: number } {
  const character = written[at] ?? ''
  if (style === 'single' && character === "'") return { text: "'", length: 2 }
  if (style !== 'double' || character !== '\\') return { text: character, length: 1 }
  const digits = ESCAPE_DIGITS[written[at + 1] ?? '']
  if (digits !== undefined) {
    const code = Number.parseInt(written.slice(at + 2, at + 2 + digits), 16)
    const text = Number.isNaN(code) || code > 0x10ffff ? '?' : String.fromCodePoint(code)
    return { text, length: 2 + digits }
  }
  return { text: ESCAPES[written[at + 1] ?? ''] ?? written[at + 1] ?? '', length: 2 }
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}

const ESCAPE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  e: '\u001b',
  _: '\u00a0',
}
