/**
 * A parsed document: its plain value, and for every part of it the place in the text it comes from, through anchors,
 * merges and included files.
 *
 * Terminology. A *placed node* is the place of one value; nodes form the same tree as the values. An alias shares the
 * node of its anchor, a merged key that of the map it comes from, an included definition that of its own file: so one
 * mistake has one place however often it is used.
 */
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Json } from '../util/json.ts'
import type { Location } from './diagnostic.ts'
import type { Path } from './path.ts'
import type { Source } from './source.ts'
import { alignText } from './text-alignment.ts'
import type { Style } from './text-alignment.ts'

/** A stretch of one source, `end` exclusive. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

export interface PlacedNode extends Span {
  readonly style: Style
  /** The key the value is written under, where it is written (not where an alias repeats it). */
  readonly owner: Span | undefined
  readonly entries: ReadonlyMap<string, PlacedEntry>
}

export interface PlacedEntry {
  /** The key; absent for items of a list. */
  readonly key: Span | undefined
  readonly node: PlacedNode
  /** Where `*alias` stands, when the value is one. */
  readonly alias: Span | undefined
}

/**
 * Which part of a value's place is meant: its `key`, its `value`, or its `owner`: the key it is written under, that of
 * the anchor when an alias repeats it (where something that is missing inside the value is reported).
 */
export type Part = 'key' | 'value' | 'owner'

export interface SpecDocument {
  readonly value: Json
  readonly root: PlacedNode
  /** The place of a value. Where the path leads nowhere, the place of the nearest value around it. */
  rangeAt(path: Path, part: Part): Location
  /** The place of a piece of a text value, given by offsets into that value. */
  rangeWithin(path: Path, start: number, end: number): Location
  /** The file a value is written in. */
  sourceAt(path: Path): Source
  /** Where aliases repeat the value, or something around it, from its anchor. */
  aliasesAt(path: Path): readonly Location[]
  /** The place that a value starts from, or `undefined` when the path leads nowhere. */
  entryAt(path: Path): PlacedEntry | undefined
}

/** Makes a document of a value and the places of its parts. */
export function createDocument(value: Json, root: PlacedNode): SpecDocument {
  return {
    value,
    root,
    rangeAt: (path, part) => toLocation(spanOf(root, path, part)),
    rangeWithin: (path, start, end) => toLocation(spanWithin(value, root, path, [start, end])),
    sourceAt: (path) => nearestEntry(root, path).entry.node.source,
    aliasesAt: (path) => aliasesOn(root, path).map(toLocation),
    entryAt: (path) => {
      const { entry, exact } = nearestEntry(root, path)
      return exact ? entry : undefined
    },
  }
}

/** The value at a path, or `undefined`. Only own keys are looked at. */
export function valueAt(value: Json, path: Path): Json | undefined {
  let current: Json | undefined = value
  for (const part of path) {
    if (isJsonArray(current)) current = current[Number(part)]
    else if (isJsonObject(current) && Object.hasOwn(current, part)) current = current[part]
    else return undefined
  }
  return current
}

function toLocation(span: Span): Location {
  return span.source.locate(span.start, span.end)
}

function nearestEntry(root: PlacedNode, path: Path): { entry: PlacedEntry; exact: boolean } {
  let entry: PlacedEntry = { key: undefined, node: root, alias: undefined }
  for (const part of path) {
    const next = entry.node.entries.get(String(part))
    if (next === undefined) return { entry, exact: false }
    entry = next
  }
  return { entry, exact: true }
}

function aliasesOn(root: PlacedNode, path: Path): readonly Span[] {
  const aliases: Span[] = []
  let node = root
  for (const part of path) {
    const entry = node.entries.get(String(part))
    if (entry === undefined) break
    if (entry.alias !== undefined) aliases.push(entry.alias)
    node = entry.node
  }
  return aliases
}

function spanOf(root: PlacedNode, path: Path, part: Part): Span {
  const { entry, exact } = nearestEntry(root, path)
  if (!exact) return entry.key ?? entry.node.owner ?? firstKey(entry.node)
  if (part === 'key') return entry.key ?? entry.node
  if (part === 'owner') return entry.node.owner ?? (path.length === 0 ? firstKey(entry.node) : entry.node)
  const isEmpty = entry.node.start === entry.node.end
  return isEmpty && entry.key !== undefined ? entry.key : entry.node
}

function firstKey(node: PlacedNode): Span {
  for (const entry of node.entries.values()) {
    if (entry.key?.source === node.source) return entry.key
  }
  return node
}

function spanWithin(value: Json, root: PlacedNode, path: Path, range: readonly [number, number]): Span {
  const { entry, exact } = nearestEntry(root, path)
  const text = valueAt(value, path)
  if (!exact || typeof text !== 'string') return spanOf(root, path, 'value')
  const { source, start, end, style } = entry.node
  const offsets = alignText(source.text.slice(start, end), text, style)
  const from = offsets(range[0])
  return { source, start: start + from, end: start + Math.max(from, offsets(range[1])) }
}
