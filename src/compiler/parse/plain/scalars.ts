/** Scalars of plain YAML: on one line, without tags and anchors, or as a block of text. */
import type { PlacedNode, Span } from '../../../spec/document.ts'
import type { Json } from '../../../util/json.ts'
import { NotPlain, nextLine, trimSpaces } from './reader.ts'
import type { Reader } from './reader.ts'

/** A scalar: its value, and where it is written (with its quotes). */
export interface Scalar {
  readonly value: Json
  readonly start: number
  readonly end: number
  readonly style: PlacedNode['style']
}

/** The place of a scalar. */
export function scalarNode(reader: Reader, scalar: Scalar, owner: Span | undefined): PlacedNode {
  const { start, end, style } = scalar
  return { source: reader.source, start, end, style, owner, entries: reader.noEntries }
}

/** A text in quotes that begins at `start` and ends on the same line. */
export function readQuoted({ text }: Reader, start: number): Scalar {
  const isDouble = text[start] === '"'
  const pattern = isDouble ? /"(?:[^"\\\n]|\\["\\/bfnrt])*"/y : /'(?:[^'\n]|'')*'/y
  pattern.lastIndex = start
  if (!pattern.test(text)) throw new NotPlain()
  const end = pattern.lastIndex
  const written = text.slice(start, end)
  if (!isDouble) return { value: written.slice(1, -1).replaceAll("''", "'"), start, end, style: 'single' }
  const value: unknown = written.includes('\\') ? JSON.parse(written) : written.slice(1, -1)
  return { value: String(value), start, end, style: 'double' }
}

/** Text without quotes between two offsets, the second behind its last character. */
export function readUnquoted({ text }: Reader, start: number, end: number): Scalar {
  const written = text.slice(start, end)
  if (!/^(?:[^\s\-?:,[\]{}#&*!|>'"%@`~]|-[A-Za-z0-9]|~$)/.test(written)) throw new NotPlain()
  if (written.includes(': ') || written.endsWith(':')) throw new NotPlain()
  return { value: valueOf(written), start, end, style: 'plain' }
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

function valueOf(written: string): Json {
  const word = words.get(written)
  if (word !== undefined) return word
  if (!/^[-+.0-9]/.test(written)) return written
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(written) || /^-?[0-9]{1,15}\.[0-9]{1,15}$/.test(written))
    return Number(written)
  // Other numbers have a library to read them; text may begin like one (`10s`, `1.2.0`).
  if (otherNumber.test(written)) throw new NotPlain()
  return written
}

const otherNumber = /^[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|0[xo].*|\.inf|\.nan)$/i

/**
 * A block of text, `|` or `>`, whose header is at `start` and whose lines are indented by more than `parent`. Goes to
 * the line behind it.
 */
export function readBlockText(reader: Reader, start: number, parent: number): Scalar {
  const { text } = reader
  const header = text.slice(start, trimSpaces(text, start, reader.end))
  if (!/^[|>]-?$/.test(header)) throw new NotPlain()
  const lines = blockLines(reader, parent)
  const isFolded = header.startsWith('>')
  if (isFolded && lines.some((line) => /^(?: |$)| $/.test(line))) throw new NotPlain()
  const end = trimSpaces(text, start, reader.end)
  nextLine(reader)
  const value = lines.join(isFolded ? ' ' : '\n') + (header.endsWith('-') ? '' : '\n')
  return { value, start, end, style: 'block' }
}

/** Without their indentation. Leaves the reader on the last one; empty lines behind that do not count. */
function blockLines(reader: Reader, parent: number): readonly string[] {
  const { text } = reader
  const indent = /^ */.exec(lineAt(text, reader.end + 1))?.[0].length ?? 0
  if (indent <= parent) throw new NotPlain()
  const indentation = ' '.repeat(indent)
  const lines: string[] = []
  let empty = 0
  for (let start = reader.end + 1; start < text.length;) {
    const line = lineAt(text, start)
    if (line === '') {
      empty += 1
    } else if (line.startsWith(indentation)) {
      if (line.trimEnd() === '') throw new NotPlain()
      lines.push(...Array.from({ length: empty }, () => ''), line.slice(indent))
      empty = 0
      reader.end = start + line.length
    } else break
    start += line.length + 1
  }
  return lines
}

function lineAt(text: string, start: number): string {
  const lineBreak = text.indexOf('\n', start)
  return text.slice(start, lineBreak === -1 ? undefined : lineBreak)
}
