/** Finds the parts of a value that its schema marks `x-sensitive: true`, and puts a text that names them in their place. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { resolvePointer } from './resolve-pointer.ts'

/** The keyword of a schema that marks a value. */
export const SENSITIVE = 'x-sensitive'

export interface Hidden {
  /** The same value when nothing in it is sensitive. */
  readonly value: Json
  /** What was taken out, by JSON pointer. */
  readonly taken: ReadonlyMap<string, Json>
}

/** What stands in the place of a value: `[redacted:context.customer.token]`. */
export function markerOf(name: string, pointer: string): string {
  return `[redacted:${name}${pointer.replaceAll('/', '.')}]`
}

/**
 * Takes out what the schema marks. A value is sensitive when any part of the schema that may be about it says so, whichever
 * branch holds; `null` is not: there is nothing to hide. What cannot be told counts as sensitive.
 *
 * @param name how markers begin: `context`, `args`
 */
export function hideSensitive(schema: JsonSchema | undefined, value: Json, name: string): Hidden {
  if (schema === undefined || !mentionsSensitive(schema)) return { value, taken: new Map() }
  const taken = new Map<string, Json>()
  const walk: Walk = { root: schema, name, taken, steps: 0 }
  const hidden = hide(walk, [schema], { value, pointer: '', depth: 0 })
  return { value: taken.size === 0 ? value : hidden, taken }
}

/** Whether a schema may mark anything at all. */
export function mentionsSensitive(schema: JsonSchema): boolean {
  return isJsonObject(schema) && hasKeyword(schema)
}

/** Not recursive: a server's schema may be nested to any depth. */
function hasKeyword(schema: JsonObject): boolean {
  const pending: Json[] = [schema]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (isJsonArray(value)) for (const item of value) pending.push(item)
    if (!isJsonObject(value)) continue
    if (value[SENSITIVE] === true) return true
    for (const member of Object.values(value)) pending.push(member)
  }
  return false
}

interface Walk {
  readonly root: JsonSchema
  readonly name: string
  readonly taken: Map<string, Json>
  steps: number
}

/** More is no value of a person; what is left then is hidden as a whole. */
const MOST_STEPS = 100_000
const DEEPEST = 200

interface Part {
  readonly value: Json
  readonly pointer: string
  readonly depth: number
}

function hide(walk: Walk, schemas: readonly Json[], part: Part): Json {
  const { value, pointer, depth } = part
  if (value === null || schemas.length === 0) return value
  walk.steps += 1
  const parts = partsOf(walk.root, schemas)
  const isTooMuch = walk.steps > MOST_STEPS || depth > DEEPEST
  if (parts === null || isTooMuch || parts.some((schema) => schema[SENSITIVE] === true)) {
    return pointer === '' ? takeAll(walk, value) : take(walk, pointer, value)
  }
  const inside = (key: string | number, member: Json, of: readonly Json[]): Json =>
    hide(walk, of, { value: member, pointer: `${pointer}/${escaped(String(key))}`, depth: depth + 1 })
  if (isJsonArray(value)) return value.map((item, index) => inside(index, item, itemSchemas(parts, index)))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, inside(key, member, memberSchemas(parts, key))]),
  )
}

function take(walk: Walk, pointer: string, value: Json): Json {
  walk.taken.set(pointer, value)
  return markerOf(walk.name, pointer)
}

/** Of a whole object that is sensitive the keys stay: something has to be an object still. */
function takeAll(walk: Walk, value: Json): Json {
  if (!isJsonObject(value)) return take(walk, '', value)
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      member === null ? null : take(walk, `/${escaped(key)}`, member),
    ]),
  )
}

const BRANCHES = ['if', 'then', 'else'] as const
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const

/** Everything that may be said of one value; `null` when a reference cannot be followed. */
function partsOf(root: JsonSchema, schemas: readonly Json[]): readonly JsonObject[] | null {
  const seen = new Set<Json>()
  const pending = [...schemas]
  const parts: JsonObject[] = []
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    if (!isJsonObject(schema) || seen.has(schema)) continue
    seen.add(schema)
    parts.push(schema)
    for (const keyword of ['$ref', '$dynamicRef']) {
      const reference = schema[keyword]
      if (typeof reference !== 'string') continue
      const target = resolvePointer(root, reference)
      if (target === undefined) return null
      pending.push(target)
    }
    for (const keyword of BRANCHES) pending.push(schema[keyword] ?? true)
    for (const keyword of LISTS) pending.push(...listOf(schema[keyword]))
    pending.push(...Object.values(mapOf(schema['dependentSchemas'])))
  }
  return parts
}

/** No pattern is tried: it may be a server's, and take for ever. */
function memberSchemas(parts: readonly JsonObject[], key: string): readonly Json[] {
  return parts.flatMap((schema) => {
    const properties = mapOf(schema['properties'])
    const patterns = Object.values(mapOf(schema['patternProperties']))
    if (Object.hasOwn(properties, key)) return [properties[key] ?? true, ...patterns]
    return [...patterns, ...others(schema, ['additionalProperties', 'unevaluatedProperties'])]
  })
}

function itemSchemas(parts: readonly JsonObject[], index: number): readonly Json[] {
  return parts.flatMap((schema) => {
    const { items } = schema
    const first = isJsonArray(items) ? items : listOf(schema['prefixItems'])
    const own = first[index]
    const rest = isJsonArray(items) ? ['additionalItems'] : ['items']
    const contained = others(schema, ['contains'])
    return own === undefined
      ? [...others(schema, [...rest, 'unevaluatedItems']), ...contained]
      : [own, ...contained]
  })
}

function others(schema: JsonObject, keywords: readonly string[]): readonly Json[] {
  return keywords.flatMap((keyword) => schema[keyword] ?? [])
}

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : []
}

function mapOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** A step of a JSON pointer (RFC 6901). */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

export interface Revealed {
  readonly value: Json
  /** The names of markers for which there is no value. */
  readonly missing: readonly string[]
}

/** Puts values back where their markers stand. `known` gives the value at a JSON pointer. */
export function revealSensitive(
  value: Json,
  name: string,
  known: (pointer: string) => Json | undefined,
): Revealed {
  const missing: string[] = []
  const reveal = (one: Json, pointer: string): Json => {
    if (typeof one === 'string') {
      if (one !== markerOf(name, pointer)) return one
      const found = known(pointer)
      if (found === undefined) missing.push(one.slice('[redacted:'.length, -1))
      return found ?? one
    }
    if (isJsonArray(one)) return one.map((item, index) => reveal(item, `${pointer}/${index}`))
    if (!isJsonObject(one)) return one
    return Object.fromEntries(
      Object.entries(one).map(([key, member]) => [key, reveal(member, `${pointer}/${escaped(key)}`)]),
    )
  }
  return { value: reveal(value, ''), missing }
}
