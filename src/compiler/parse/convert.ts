/** Turns the nodes of the `yaml` library into a plain value and the places of its parts: aliases and merges unfolded. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { PlacedEntry, PlacedNode, Span } from '../../spec/document.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { DiagnosticArgs, DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import type { Report } from '../../spec/reporter.ts'
import type { Source } from '../../spec/source.ts'
import { suggest } from '../../util/suggest.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { createAnchors } from './anchors.ts'
import type { Anchors, Converted } from './anchors.ts'
import { isForbiddenKey } from './forbidden-keys.ts'
import { maxDepth } from './limits.ts'
import { locate, spanOf, styleOf } from './node-span.ts'
import { toScalarValue } from './scalar-value.ts'

/** What is being converted, and where it stands. */
interface Place {
  /** The map or list around it. */
  readonly outer: Place | undefined
  readonly key: string | number
  readonly depth: number
  /** The key the value is written under. */
  readonly owner: Span | undefined
}

/** Only a few values are ever spoken of: a path is put together for those. */
function pathOf(place: Place): Path {
  return place.outer === undefined ? [] : [...pathOf(place.outer), place.key]
}

function inside(outer: Place, key: string | number, owner: Span | undefined): Place {
  return { outer, key, depth: outer.depth + 1, owner }
}

interface Conversion {
  readonly source: Source
  readonly anchors: Anchors
  readonly report: Report
  /** A limit was exceeded: conversion has stopped. */
  exhausted: boolean
  /** An alias leads nowhere: the value is not whole. */
  incomplete: boolean
}

/**
 * Converts a document's content. `undefined` when a limit (depth, aliases) was exceeded
 * or an alias leads nowhere; that has been reported.
 */
export function convertContents(contents: unknown, source: Source, report: Report): Converted | undefined {
  const conversion: Conversion = {
    source,
    anchors: createAnchors(),
    report,
    exhausted: false,
    incomplete: false,
  }
  const converted = convert(conversion, contents, { outer: undefined, key: '', depth: 0, owner: undefined })
  return conversion.exhausted || conversion.incomplete ? undefined : converted
}

function convert(conversion: Conversion, node: unknown, place: Place): Converted {
  if (conversion.exhausted) return leaf(null, emptySpan(conversion, place), 'plain', place)
  if (isAlias(node)) return convertAlias(conversion, node, place)
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
  const anchored = anchor === undefined ? undefined : conversion.anchors.open(anchor)
  const converted = convertContent(conversion, node, place)
  if (anchored !== undefined) anchored.close(converted)
  return converted
}

function convertContent(conversion: Conversion, node: unknown, place: Place): Converted {
  if (isScalar(node)) return convertScalar(conversion, node, place)
  if (place.depth >= maxDepth) return tooDeep(conversion, node, place)
  if (isMap(node)) return convertMap(conversion, node, place)
  if (isSeq(node)) return convertList(conversion, node, place)
  return leaf(null, emptySpan(conversion, place), 'plain', place)
}

function convertScalar(conversion: Conversion, scalar: Scalar, place: Place): Converted {
  const span = spanOf(conversion.source, scalar)
  const result = toScalarValue(scalar.value, conversion.source.text.slice(span.start, span.end))
  if (result.mistake !== undefined)
    report(conversion, result.mistake.code, result.mistake.args, [span, place])
  return leaf(result.value, span, styleOf(scalar), place)
}

function convertList(conversion: Conversion, list: YAMLSeq, place: Place): Converted {
  const entries = new Map<string, PlacedEntry>()
  const value: Json[] = []
  let { height, weight } = emptySize
  for (let index = 0; index < list.items.length; index++) {
    const item = list.items[index]
    const converted = convert(conversion, item, inside(place, index, undefined))
    value.push(converted.value)
    entries.set(String(index), entryOf(conversion, undefined, item, converted))
    height = Math.max(height, converted.height + 1)
    weight += converted.weight
  }
  return { value, node: collection(conversion, list, place, entries), height, weight }
}

function convertMap(conversion: Conversion, map: YAMLMap, place: Place): Converted {
  const entries = new Map<string, PlacedEntry>()
  const value: Record<string, Json> = {}
  const merged: Converted[] = []
  let { height, weight } = emptySize
  for (const pair of map.items) {
    if (isMergeKey(pair)) {
      merged.push(...mergeSources(conversion, pair, place))
      continue
    }
    const key = readKey(conversion, pair, place)
    if (key === undefined) continue
    const { name, span } = key
    const converted = convert(conversion, pair.value, inside(place, name, span))
    const first = entries.get(name)?.key
    if (first !== undefined) {
      reportDuplicate(conversion, name, first, [span, place])
      continue
    }
    if (!isAllowedKey(conversion, name, span, place)) continue
    value[name] = converted.value
    entries.set(name, entryOf(conversion, span, pair.value, converted))
    height = Math.max(height, converted.height + 1)
    weight += name.length + converted.weight
  }
  for (const source of merged) {
    height = Math.max(height, source.height)
    weight += source.weight
    mergeInto(value, entries, source)
  }
  return { value, node: collection(conversion, map, place, entries), height, weight }
}

/** Keys that are there already stay: explicit ones win, and an earlier source wins over a later one. */
function mergeInto(value: Record<string, Json>, entries: Map<string, PlacedEntry>, source: Converted): void {
  for (const [name, entry] of source.node.entries) {
    if (entries.has(name) || !isJsonObject(source.value)) continue
    const merged = source.value[name]
    if (merged === undefined) continue
    value[name] = merged
    entries.set(name, entry)
  }
}

function mergeSources(conversion: Conversion, pair: Pair, place: Place): readonly Converted[] {
  const nodes: readonly unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value]
  const sources: Converted[] = []
  for (const node of nodes) {
    const converted = convert(conversion, node, place)
    const items = isAlias(node) && Array.isArray(converted.value) ? listItems(converted) : [converted]
    for (const item of items) {
      if (isJsonObject(item.value)) sources.push(item)
      else if (!conversion.exhausted)
        report(conversion, 'AS1018', {}, [spanOf(conversion.source, node), place])
    }
  }
  return sources
}

/** The items of an anchored list that is merged as a whole. */
function listItems(list: Converted): readonly Converted[] {
  const values = isJsonArray(list.value) ? list.value : []
  return [...list.node.entries.values()].map((entry, index) => {
    return { value: values[index] ?? null, node: entry.node, height: list.height, weight: list.weight }
  })
}

function convertAlias(conversion: Conversion, alias: Alias, place: Place): Converted {
  const span = spanOf(conversion.source, alias)
  const nothing = leaf(null, span, 'plain', place)
  const resolved = conversion.anchors.resolve(alias.source)
  if (resolved.kind === 'unknown') {
    const suggestion = suggest(alias.source, conversion.anchors.names())
    report(conversion, 'AS1016', { anchor: alias.source, suggestion }, [span, place])
    conversion.incomplete = true
    return nothing
  }
  if (resolved.kind === 'found') {
    if (place.depth + resolved.converted.height <= maxDepth) return resolved.converted
    report(conversion, 'AS1012', {}, [span, place])
  } else {
    const code = resolved.kind === 'open' ? 'AS1017' : 'AS1013'
    report(conversion, code, { anchor: alias.source }, [span, place])
  }
  conversion.exhausted = true
  return nothing
}

function tooDeep(conversion: Conversion, node: unknown, place: Place): Converted {
  const span = spanOf(conversion.source, node)
  report(conversion, 'AS1012', {}, [{ ...span, end: span.start + 1 }, place])
  conversion.exhausted = true
  return leaf(null, span, 'plain', place)
}

function isMergeKey(pair: Pair): boolean {
  return (
    isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<' && pair.key.tag === undefined
  )
}

function readKey(conversion: Conversion, pair: Pair, place: Place): { name: string; span: Span } | undefined {
  const { key } = pair
  if (!isScalar(key) || typeof key.value !== 'string') return undefined
  const span = spanOf(conversion.source, key)
  if (key.anchor !== undefined) {
    conversion.anchors.open(key.anchor).close(leaf(key.value, span, styleOf(key), place))
  }
  return { name: key.value, span }
}

function isAllowedKey(conversion: Conversion, name: string, span: Span, place: Place): boolean {
  if (isForbiddenKey(name)) report(conversion, 'AS1022', { key: name }, [span, inside(place, name, span)])
  else if (!name.isWellFormed()) report(conversion, 'AS1026', {}, [span, place])
  else return true
  return false
}

function reportDuplicate(conversion: Conversion, name: string, first: Span, [span, place]: Where): void {
  const where = { ...locate(first), message: `"${name}" is first used here` }
  const pointer = toPointer([...pathOf(place), name])
  conversion.report('AS1020', { key: name }, locate(span), { pointer, related: [where] })
}

/** Where a mistake is: a stretch of the text, and the value it belongs to. */
type Where = readonly [span: Span, place: Place]

function report<Code extends DiagnosticCode>(
  conversion: Conversion,
  code: Code,
  args: DiagnosticArgs<Code>,
  [span, place]: Where,
): void {
  conversion.report(code, args, locate(span), { pointer: toPointer(pathOf(place)) })
}

const emptySize: { readonly height: number; readonly weight: number } = { height: 1, weight: 2 }

const noEntries: PlacedNode['entries'] = new Map()

function leaf(value: Json, span: Span, style: PlacedNode['style'], { owner }: Place): Converted {
  const { source, start, end } = span
  const weight = typeof value === 'string' ? value.length + 2 : 2
  return { value, node: { source, start, end, style, owner, entries: noEntries }, height: 0, weight }
}

function collection(
  conversion: Conversion,
  node: YAMLMap | YAMLSeq,
  { owner }: Place,
  entries: ReadonlyMap<string, PlacedEntry>,
): PlacedNode {
  const { source, start, end } = spanOf(conversion.source, node)
  return { source, start, end, style: 'collection', owner, entries }
}

function entryOf(
  conversion: Conversion,
  key: Span | undefined,
  node: unknown,
  converted: Converted,
): PlacedEntry {
  return { key, node: converted.node, alias: isAlias(node) ? spanOf(conversion.source, node) : undefined }
}

function emptySpan(conversion: Conversion, place: Place): Span {
  const at = place.owner?.end ?? 0
  return { source: conversion.source, start: at, end: at }
}
