/** Where in a spec values of one kind stand, as patterns of paths: `*` is any key or index. */
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
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
  for (const pattern of wanted) collect({ pattern, path: [], found }, value, 0)
  return found
}

interface Search {
  readonly pattern: Pattern
  /** Where the search is; copied for what is found. */
  readonly path: (string | number)[]
  readonly found: Found[]
}

function collect(search: Search, value: Json, depth: number): void {
  const part = search.pattern[depth]
  if (part === undefined) {
    search.found.push({ path: [...search.path], value })
  } else if (isJsonArray(value)) {
    if (part === '*') value.forEach((item, index) => enter(search, index, item, depth))
  } else if (isJsonObject(value)) {
    const keys = part === '*' ? Object.keys(value) : [part]
    for (const key of keys) {
      const child = Object.hasOwn(value, key) ? value[key] : undefined
      if (child !== undefined) enter(search, key, child, depth)
    }
  }
}

function enter(search: Search, key: string | number, child: Json, depth: number): void {
  search.path.push(key)
  collect(search, child, depth + 1)
  search.path.pop()
}
