/** What follows from a JSON Schema about the values it accepts. Always true, never complete. */
import { canonicalJson } from '../../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'
import { resolvePointer } from '../../json-schema/resolve-pointer.ts'

/** The types of JSON Schema, with numbers in two parts that do not overlap. */
export type Kind = 'null' | 'boolean' | 'object' | 'array' | 'string' | 'integer' | 'fraction'

const ALL_KINDS: readonly Kind[] = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction']

export interface Limit {
  readonly value: number
  readonly exclusive: boolean
}

export interface Facts {
  /** Kinds of values that are possible. */
  readonly kinds: ReadonlySet<Kind>
  /** The only values there are, when they are listed. */
  readonly values: readonly Json[] | undefined
  readonly lower: Limit | undefined
  readonly upper: Limit | undefined
}

/**
 * The parts of a schema that all hold, its references and `allOf` followed. `undefined`: no value fits. A reference that
 * leads nowhere is left out, which only makes more values seem possible.
 */
export function conjunctsOf(root: JsonSchema, schemas: readonly Json[]): readonly JsonObject[] | undefined {
  const seen = new Set<Json>()
  const parts: JsonObject[] = []
  const pending = [...schemas]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === false) return undefined
    if (!isJsonObject(next) || seen.has(next)) continue
    seen.add(next)
    const { $ref: reference, allOf } = next
    parts.push(
      reference === undefined && allOf === undefined ? next : withoutKeywords(next, ['$ref', 'allOf']),
    )
    const target = typeof reference === 'string' ? resolvePointer(root, reference) : undefined
    if (target !== undefined) pending.push(target)
    if (isJsonArray(allOf)) pending.push(...allOf)
  }
  return parts
}

/** Without some keywords, and without what is said of the parts that these leave over: alone that would say more. */
export function withoutKeywords(schema: JsonObject, keywords: readonly string[]): JsonObject {
  const dropped = new Set([...keywords, 'unevaluatedItems', 'unevaluatedProperties'])
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !dropped.has(keyword)))
}

export function factsOf(schemas: readonly JsonObject[]): Facts {
  let kinds: ReadonlySet<Kind> = new Set(ALL_KINDS)
  for (const schema of schemas) kinds = new Set([...kinds].filter((kind) => kindsOf(schema).has(kind)))
  const values = valuesOf(schemas)?.filter((value) => kinds.has(kindOf(value)))
  if (values !== undefined) kinds = new Set(values.map(kindOf))
  const numbers = values?.filter((value) => typeof value === 'number')
  return {
    kinds,
    values,
    lower: numbers === undefined ? strictest(schemas, 'lower') : limitOf(Math.min(...numbers)),
    upper: numbers === undefined ? strictest(schemas, 'upper') : limitOf(Math.max(...numbers)),
  }
}

/** The kinds of values that the `type` of a schema allows. */
export function kindsOf({ type, nullable }: JsonObject): ReadonlySet<Kind> {
  if (type === undefined) return new Set(ALL_KINDS)
  const names = isJsonArray(type) ? type : [type]
  const isAllowed = (kind: Kind): boolean =>
    names.includes(kind) ||
    (names.includes('number') && (kind === 'integer' || kind === 'fraction')) ||
    (kind === 'null' && nullable === true)
  return new Set(ALL_KINDS.filter(isAllowed))
}

function kindOf(value: Json): Kind {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (isJsonObject(value)) return 'object'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  return Number.isInteger(value) ? 'integer' : 'fraction'
}

/** The values that `enum` or `const` lists; `undefined` when it lists none. */
export function listedValues({ enum: list, const: only }: JsonObject): readonly Json[] | undefined {
  if (only !== undefined) return [only]
  return isJsonArray(list) ? list : undefined
}

/** Those of some values that are not in a list, compared as JSON. */
export function withoutValues(values: readonly Json[], list: readonly Json[]): readonly Json[] {
  const known = new Set(list.map(canonicalJson))
  return values.filter((value) => !known.has(canonicalJson(value)))
}

function valuesOf(schemas: readonly JsonObject[]): readonly Json[] | undefined {
  const [first, ...others] = schemas.flatMap((schema) => {
    const values = listedValues(schema)
    return values === undefined ? [] : [values]
  })
  return others.reduce((values, list) => values && withoutValues(values, withoutValues(values, list)), first)
}

function strictest(schemas: readonly JsonObject[], side: 'lower' | 'upper'): Limit | undefined {
  let found: Limit | undefined
  for (const limit of schemas.flatMap((schema) => limitsOf(schema, side))) {
    if (found === undefined || isWithin(limit, found, side)) found = limit
  }
  return found
}

/** The limits that a schema sets to numbers on one side. */
export function limitsOf(schema: JsonObject, side: 'lower' | 'upper'): readonly Limit[] {
  const [plain, strict] =
    side === 'lower'
      ? [schema['minimum'], schema['exclusiveMinimum']]
      : [schema['maximum'], schema['exclusiveMaximum']]
  return [
    ...(typeof plain === 'number' ? [{ value: plain, exclusive: false }] : []),
    ...(typeof strict === 'number' ? [{ value: strict, exclusive: true }] : []),
  ]
}

/** True when every number inside `limit` is inside `other` as well. */
export function isWithin(limit: Limit, other: Limit, side: 'lower' | 'upper'): boolean {
  const distance = side === 'lower' ? limit.value - other.value : other.value - limit.value
  return distance > 0 || (distance === 0 && (limit.exclusive || !other.exclusive))
}

function limitOf(value: number): Limit | undefined {
  return Number.isFinite(value) ? { value, exclusive: false } : undefined
}
