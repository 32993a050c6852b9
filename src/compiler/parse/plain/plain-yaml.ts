/**
 * Reads YAML as most people write it: maps, lists, flow collections, scalars on one line and blocks of text, without
 * anchors, tags and mistakes. The real reader understands everything and explains every mistake, and takes many times
 * longer; this one gives the same for what it understands, and leaves the rest to the other.
 */
import { createDocument } from '../../../spec/document.ts'
import type { PlacedEntry, PlacedNode, SpecDocument, Span } from '../../../spec/document.ts'
import type { Source } from '../../../spec/source.ts'
import type { Json } from '../../../util/json.ts'
import { isForbiddenKey } from '../forbidden-keys.ts'
import { readFlow } from './flow.ts'
import {
  collectionNode,
  createReader,
  isAtEnd,
  nextLine,
  NotPlain,
  skipSpaces,
  tailOf,
  trimSpaces,
} from './reader.ts'
import type { Read, Reader } from './reader.ts'
import { readBlockText, readQuoted, readUnquoted, scalarNode } from './scalars.ts'

/** The document, or undefined for a text that is more than plain: right or wrong. */
export function readPlainYaml(source: Source): SpecDocument | undefined {
  if (unusual.test(source.text) || !source.text.isWellFormed()) return undefined
  try {
    const reader = createReader(source)
    if (reader.indent > 0) return undefined
    const { value, node } = readMap(reader, undefined, 1)
    return isAtEnd(reader) ? createDocument(value, node) : undefined
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** Tabs, returns, control characters and white space other than spaces; comments that ask for something. */
const unusual =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffe\uffff]|#\s*agentspec:/

const maxDepth = 30

/** The map whose first key the reader is at. Goes to the line behind it. */
function readMap(reader: Reader, owner: Span | undefined, depth: number): Read {
  if (depth > maxDepth) throw new NotPlain()
  const { at: start, indent } = reader
  const entries = new Map<string, PlacedEntry>()
  const values: Record<string, Json> = {}
  let tail = start
  do {
    const { name, span, after } = readKey(reader)
    if (entries.has(name) || isForbiddenKey(name)) throw new NotPlain()
    const read = readValue(reader, after, { indent, owner: span, depth })
    values[name] = read.value
    entries.set(name, { key: span, node: read.node, alias: undefined })
    ;({ tail } = read)
  } while (reader.indent === indent)
  return finish(reader, { value: values, start, tail, owner, entries })
}

/** The list whose first dash the reader is at. Goes to the line behind it. */
function readList(reader: Reader, owner: Span | undefined, depth: number): Read {
  if (depth > maxDepth) throw new NotPlain()
  const { at: start, indent } = reader
  const entries = new Map<string, PlacedEntry>()
  const values: Json[] = []
  let tail = start
  do {
    const read = readItem(reader, indent, depth)
    entries.set(String(values.length), { key: undefined, node: read.node, alias: undefined })
    values.push(read.value)
    ;({ tail } = read)
  } while (reader.indent === indent && isDash(reader))
  return finish(reader, { value: values, start, tail, owner, entries })
}

interface Collected {
  readonly value: Json
  readonly start: number
  readonly tail: number
  readonly owner: Span | undefined
  readonly entries: PlacedNode['entries']
}

function finish(reader: Reader, collected: Collected): Read {
  const { value, start, tail, owner, entries } = collected
  return { value, node: collectionNode(reader, [start, tail], owner, entries), tail }
}

interface Key {
  readonly name: string
  readonly span: Span
  /** The offset behind the colon. */
  readonly after: number
}

function readKey(reader: Reader): Key {
  return keyAt(reader, reader.at) ?? fail()
}

function fail(): never {
  throw new NotPlain()
}

function keyAt({ source, text }: Reader, start: number): Key | undefined {
  const key = /(?:"([^"\\\n]{0,200})"|'([^'\n]{0,200})'|([A-Za-z0-9_$][\w$./*@+-]{0,200})):(?=[ \n]|$)/y
  key.lastIndex = start
  const match = key.exec(text)
  if (match === null) return undefined
  const after = key.lastIndex
  return { name: match[1] ?? match[2] ?? match[3] ?? '', span: { source, start, end: after - 1 }, after }
}

/** Around a value: how far its map or list is indented, the key it is written under, and how deep that is. */
interface Around {
  readonly indent: number
  readonly owner: Span | undefined
  readonly depth: number
}

/** The value behind a key, on the same line or below it. Goes to the line behind it. */
function readValue(reader: Reader, after: number, around: Around): Read {
  const { text, end } = reader
  const start = skipSpaces(text, after)
  if (start < end && text[start] !== '#') return readInline(reader, start, around)
  const { indent, owner, depth } = around
  nextLine(reader)
  if (reader.indent === indent && isDash(reader)) return readList(reader, owner, depth + 1)
  if (reader.indent <= indent) throw new NotPlain()
  return isDash(reader) ? readList(reader, owner, depth + 1) : readMap(reader, owner, depth + 1)
}

function readItem(reader: Reader, indent: number, depth: number): Read {
  const { text, at, end } = reader
  const start = skipSpaces(text, at + 1)
  if (start >= end) throw new NotPlain()
  if (keyAt(reader, start) === undefined)
    return readInline(reader, start, { indent, owner: undefined, depth })
  reader.indent += start - at
  reader.at = start
  return readMap(reader, undefined, depth + 1)
}

function isDash({ text, at }: Reader): boolean {
  return text[at] === '-' && text[at + 1] === ' '
}

/**
 * A scalar or a flow collection that begins at `start`. Text that goes on below is indented more than any key that may
 * follow; so nothing is read further, and the end of the text is not reached.
 */
function readInline(reader: Reader, start: number, { indent, owner }: Around): Read {
  const { text } = reader
  const first = text[start]
  if (first === '|' || first === '>') {
    const block = readBlockText(reader, start, indent)
    return { value: block.value, node: scalarNode(reader, block, owner), tail: block.end }
  }
  if (first === '{' || first === '[') {
    const flow = readFlow(reader, start, indent, owner)
    const tail = tailOf(reader, flow.node.end)
    nextLine(reader)
    return { ...flow, tail }
  }
  const scalar =
    first === '"' || first === "'"
      ? readQuoted(reader, start)
      : readUnquoted(reader, start, unquotedEnd(reader, start))
  const node = scalarNode(reader, scalar, owner)
  const tail = tailOf(reader, scalar.end)
  nextLine(reader)
  return { value: scalar.value, node, tail }
}

function unquotedEnd({ text, end }: Reader, start: number): number {
  const comment = text.slice(start, end).indexOf(' #')
  return trimSpaces(text, start, comment === -1 ? end : start + comment)
}
