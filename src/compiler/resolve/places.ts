/** Where in a spec values of one kind stand, as patterns of paths: `*` is any key or index. */
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

export type Pattern = readonly string[]

export interface Found {
  readonly path: Path
  readonly value: Json
}

/** Patterns from their short form, `agents.*.output.schema`. `TOOL` stands for both places of a tool. */
export function patterns(...written: readonly string[]): readonly Pattern[] {
  return written.flatMap((text) =>
    text.startsWith('TOOL')
      ? toolPlaces.map((place) => [...place, ...text.split('.').slice(1)])
      : [text.split('.')],
  )
}

const toolPlaces: readonly Pattern[] = [
  ['tools', '*'],
  ['agents', '*', 'tools', '*'],
]

/** Every value at a place that one of the patterns describes, in the order of the patterns. */
export function findPlaces(value: Json, wanted: readonly Pattern[]): readonly Found[] {
  const found: Found[] = []
  for (const pattern of wanted) collect(value, pattern, [], found)
  return found
}

function collect(value: Json, pattern: Pattern, path: Path, found: Found[]): void {
  const [part, ...rest] = pattern
  if (part === undefined) {
    found.push({ path, value })
    return
  }
  for (const [key, child] of childrenOf(value, part)) collect(child, rest, [...path, key], found)
}

function childrenOf(value: Json, part: string): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(value))
    return part === '*' ? value.map((item: Json, index) => [index, item] as const) : []
  if (!isJsonObject(value)) return []
  if (part === '*') return Object.entries(value)
  const child = Object.hasOwn(value, part) ? value[part] : undefined
  return child === undefined ? [] : [[part, child]]
}
