/** The place of a reader of plain YAML in its text: one line after the other, without blank lines and comments. */
import type { PlacedNode, Span } from '../../../spec/document.ts'
import type { Source } from '../../../spec/source.ts'
import type { Json } from '../../../util/json.ts'

/** Thrown for any text that is more than plain; it says nothing about the text but that. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

/** A value that was read. `tail` is where the value ends for those around it: a comment behind it belongs to it. */
export interface Read {
  readonly value: Json
  readonly node: PlacedNode
  readonly tail: number
}

export interface Reader {
  readonly source: Source
  readonly text: string
  /** The current line: where its content begins and how far that is indented; `indent` is -1 behind the last line. */
  at: number
  indent: number
  /** Where the current line ends, its line break excluded. */
  end: number
  /** What scalars have for entries. */
  readonly noEntries: PlacedNode['entries']
}

/** Starts at the first line with content. */
export function createReader(source: Source): Reader {
  const reader: Reader = { source, text: source.text, at: 0, indent: 0, end: -1, noEntries: new Map() }
  nextLine(reader)
  return reader
}

/**
 * Goes to the next line with content. A comment that is indented more than what follows it could belong to either side.
 *
 * @throws NotPlain
 */
export function nextLine(reader: Reader): void {
  const { text } = reader
  let comment = 0
  for (let start = reader.end + 1; start < text.length; start = reader.end + 1) {
    const lineBreak = text.indexOf('\n', start)
    reader.end = lineBreak === -1 ? text.length : lineBreak
    reader.at = skipSpaces(text, start)
    if (reader.at >= reader.end) continue
    reader.indent = reader.at - start
    if (text[reader.at] !== '#') {
      if (comment > reader.indent) throw new NotPlain()
      return
    }
    comment = Math.max(comment, reader.indent)
  }
  if (comment > 0) throw new NotPlain()
  reader.at = text.length
  reader.indent = -1
}

/** Behind the last line. */
export function isAtEnd(reader: Reader): boolean {
  return reader.indent === -1
}

/** The first offset from `at` on that is not a space. */
export function skipSpaces(text: string, at: number): number {
  let offset = at
  while (text.charCodeAt(offset) === space) offset += 1
  return offset
}

const space = 32

/** The last offset, from `start` on, behind which there are only spaces before `end`. */
export function trimSpaces(text: string, start: number, end: number): number {
  let offset = end
  while (offset > start && text.charCodeAt(offset - 1) === space) offset -= 1
  return offset
}

/**
 * Where the line ends for those around a value that ends at `from`: behind its comment, if there is one.
 *
 * @throws NotPlain when something else follows the value.
 */
export function tailOf({ text, end }: Reader, from: number): number {
  const at = skipSpaces(text, from)
  if (at >= end) return from
  if (text[at] !== '#' || at === from) throw new NotPlain()
  return trimSpaces(text, at, end)
}

/** The place of a collection. */
export function collectionNode(
  { source }: Reader,
  [start, end]: readonly [number, number],
  owner: Span | undefined,
  entries: PlacedNode['entries'],
): PlacedNode {
  return { source, start, end, style: 'collection', owner, entries }
}
