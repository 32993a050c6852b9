/** Flow collections of plain YAML, `{ a: 1 }` and `[a, b]`, on one line or several. */
import type { PlacedEntry, Span } from '../../../spec/document.ts'
import type { Json } from '../../../util/json.ts'
import { isForbiddenKey } from '../forbidden-keys.ts'
import { collectionNode, NotPlain, skipSpaces, trimSpaces } from './reader.ts'
import type { Read, Reader } from './reader.ts'
import { readQuoted, readUnquoted, scalarNode } from './scalars.ts'

/** Where in a flow collection one is; lines must be indented by more than `parent`. */
interface Flow {
  readonly reader: Reader
  readonly parent: number
  at: number
}

const maxDepth = 30

/** The collection that begins at `start`. Leaves the reader on the line on which it ends. */
export function readFlow(reader: Reader, start: number, parent: number, owner: Span | undefined): Read {
  return readCollection({ reader, parent, at: start }, owner, 1)
}

function readCollection(flow: Flow, owner: Span | undefined, depth: number): Read {
  if (depth > maxDepth) throw new NotPlain()
  const { reader, at: start } = flow
  const isMap = reader.text[start] === '{'
  const entries = new Map<string, PlacedEntry>()
  flow.at += 1
  const value = isMap ? readPairs(flow, entries, depth) : readItems(flow, entries, depth)
  flow.at += 1
  return { value, node: collectionNode(reader, [start, flow.at], owner, entries), tail: flow.at }
}

function readItems(flow: Flow, entries: Map<string, PlacedEntry>, depth: number): Json {
  const values: Json[] = []
  while (skipSpace(flow) !== ']') {
    const { value, node } = readValue(flow, undefined, depth)
    entries.set(String(values.length), { key: undefined, node, alias: undefined })
    values.push(value)
    skipComma(flow, ']')
  }
  return values
}

function readPairs(flow: Flow, entries: Map<string, PlacedEntry>, depth: number): Json {
  const values: Record<string, Json> = {}
  while (skipSpace(flow) !== '}') {
    const { name, span } = readKey(flow)
    if (entries.has(name) || isForbiddenKey(name)) throw new NotPlain()
    skipSpace(flow)
    const { value, node } = readValue(flow, span, depth)
    entries.set(name, { key: span, node, alias: undefined })
    values[name] = value
    skipComma(flow, '}')
  }
  return values
}

function readKey(flow: Flow): { readonly name: string; readonly span: Span } {
  const { source, text } = flow.reader
  const key = /(?:"([^"\\\n]*)"|'([^'\n]*)'|([A-Za-z0-9_$][\w$./*@+-]*)):(?= )/y
  key.lastIndex = flow.at
  const match = key.exec(text)
  if (match === null) throw new NotPlain()
  const span = { source, start: flow.at, end: key.lastIndex - 1 }
  flow.at = key.lastIndex
  return { name: match[1] ?? match[2] ?? match[3] ?? '', span }
}

function readValue(flow: Flow, owner: Span | undefined, depth: number): Read {
  const { reader, at } = flow
  const first = reader.text[at]
  if (first === '{' || first === '[') return readCollection(flow, owner, depth + 1)
  const scalar =
    first === '"' || first === "'" ? readQuoted(reader, at) : readUnquoted(reader, at, unquotedEnd(flow))
  flow.at = scalar.end
  return { value: scalar.value, node: scalarNode(reader, scalar, owner), tail: scalar.end }
}

function unquotedEnd({ reader: { text }, at }: Flow): number {
  const written = /[^,[\]{}\n]+/y
  written.lastIndex = at
  const all = written.exec(text)?.[0] ?? ''
  if (all.includes(' #') || all.endsWith(':')) throw new NotPlain()
  return trimSpaces(text, at, at + all.length)
}

/** The next character that is neither white space nor part of a comment; it is not passed over. */
function skipSpace(flow: Flow): string {
  const { reader, parent } = flow
  const { text } = reader
  for (;;) {
    flow.at = skipSpaces(text, flow.at)
    const next = text[flow.at]
    if (next === undefined || next === '#') throw new NotPlain()
    if (next !== '\n') return next
    const start = flow.at + 1
    const lineBreak = text.indexOf('\n', start)
    reader.end = lineBreak === -1 ? text.length : lineBreak
    flow.at = skipSpaces(text, start)
    if (flow.at < reader.end && flow.at - start <= parent) throw new NotPlain()
  }
}

/** To the next item, or to the end. */
function skipComma(flow: Flow, close: string): void {
  const next = skipSpace(flow)
  if (next === ',') flow.at += 1
  else if (next !== close) throw new NotPlain()
}
