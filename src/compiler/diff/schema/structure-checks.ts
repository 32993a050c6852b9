/** The keywords about what is inside objects and lists. */
import { canonicalJson } from '../../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { narrow, propertyPlace } from './comparison.ts'
import type { KeywordCheck, Narrowing, Place } from './comparison.ts'

export const checkRequired: KeywordCheck = (value, { facts, older, place }) => {
  if (!facts.kinds.has('object') || !isJsonArray(value)) return []
  const before = older.flatMap(({ required }) => (isJsonArray(required) ? required : []))
  return value
    .filter((name) => typeof name === 'string')
    .filter((name) => !before.includes(name))
    .map((name) => ({ path: place.path, what: `${propertyPlace(place, name).name} is now required` }))
}

export const checkProperties: KeywordCheck = (value, { facts, older, place, compare }) => {
  if (!facts.kinds.has('object') || !isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, schema]) =>
    compare(propertyOf(older, name), schema, propertyPlace(place, name)),
  )
}

export const checkAdditional: KeywordCheck = (value, comparison) => {
  const { facts, older, newer, place, compare } = comparison
  if (!facts.kinds.has('object') || value === true) return []
  const known = new Set(Object.keys(mapAt(newer, 'properties')))
  const names = new Set(older.flatMap((schema) => Object.keys(mapAt(schema, 'properties'))))
  const found = [...names]
    .filter((name) => !known.has(name))
    .flatMap((name) => compare(propertyOf(older, name), value, absentProperty(place, name)))
  const rest: Place = { path: place.path, name: `${place.name}: any other property` }
  // One of the older parts is enough: whatever name it allows beside its properties is allowed here.
  const proven = older.some((schema) =>
    othersOf(schema, newer).every((other) => compare([other], value, rest).length === 0),
  )
  return proven ? found : [...found, ...narrowOthers(value, place)]
}

/** Properties whose names match a pattern: only the same patterns are known to accept the same. */
export const checkPatternProperties: KeywordCheck = (value, { facts, older, place, isSame }) => {
  if (!facts.kinds.has('object')) return []
  const wanted = { patternProperties: value }
  const isThere = older.some(({ patternProperties: before = {} }) =>
    isSame({ patternProperties: before }, wanted),
  )
  return isThere || isEmpty(value) ? [] : narrow(place, 'has other patterns of properties')
}

export const checkItems: KeywordCheck = (value, { facts, older, newer, place, compare }) => {
  if (!facts.kinds.has('array')) return []
  if (isJsonArray(value)) return narrow(place, 'lists its items in another way')
  const first = lengthAt(newer, 'prefixItems')
  const longest = Math.max(first, ...older.map((schema) => lengthAt(schema, 'prefixItems')))
  const inside: Place = { path: [...place.path, 'items'], name: `${place.name}[]` }
  const found: Narrowing[] = []
  for (let index = first; index <= longest && found.length === 0; index += 1) {
    found.push(...compare(itemOf(older, index), value, inside))
  }
  return found
}

export const checkPrefixItems: KeywordCheck = (value, { facts, older, place, compare }) => {
  if (!facts.kinds.has('array') || !isJsonArray(value)) return []
  return value.flatMap((schema, index) =>
    compare(itemOf(older, index), schema, {
      path: [...place.path, 'prefixItems', index],
      name: `${place.name}[${index}]`,
    }),
  )
}

export const checkUnique: KeywordCheck = (value, { facts, older, place }) => {
  if (!facts.kinds.has('array') || value !== true || older.some(({ uniqueItems }) => uniqueItems === true))
    return []
  return narrow(place, 'must now have different items')
}

/** What each older part says of a property. A part that judges names by patterns is taken to say nothing. */
function propertyOf(older: readonly JsonObject[], name: string): readonly Json[] {
  return older.map((schema) => {
    const properties = mapAt(schema, 'properties')
    if (Object.hasOwn(properties, name)) return properties[name] ?? true
    return isEmpty(schema['patternProperties']) ? (schema['additionalProperties'] ?? true) : true
  })
}

/** What a part says of properties it does not name, except those that the newer schema judges by the same pattern. */
function othersOf(schema: JsonObject, newer: JsonObject): readonly Json[] {
  const patterns = mapAt(newer, 'patternProperties')
  const byPattern = Object.entries(mapAt(schema, 'patternProperties')).filter(
    ([pattern]) => !Object.hasOwn(patterns, pattern),
  )
  return [schema['additionalProperties'] ?? true, ...byPattern.map(([, value]) => value)]
}

/** What each older part says of the item at an index. */
function itemOf(older: readonly JsonObject[], index: number): readonly Json[] {
  return older.map(({ prefixItems, items }) => {
    const prefix = isJsonArray(prefixItems) ? prefixItems[index] : undefined
    return prefix ?? (items === undefined || isJsonArray(items) ? true : items)
  })
}

function narrowOthers(value: Json, place: Place): readonly Narrowing[] {
  if (value === false) return narrow(place, 'allows no other properties any more')
  return narrow(place, `accepts fewer other properties: they must now fit ${canonicalJson(value)}`)
}

/** A property that the newer schema does not name is refused by the object around it. */
function absentProperty(place: Place, name: string): Place {
  return { path: place.path, name: propertyPlace(place, name).name }
}

function mapAt(schema: JsonObject, keyword: string): JsonObject {
  const value = schema[keyword]
  return isJsonObject(value) ? value : {}
}

function lengthAt(schema: JsonObject, keyword: string): number {
  const value = schema[keyword]
  return isJsonArray(value) ? value.length : 0
}

function isEmpty(value: Json | undefined): boolean {
  return !isJsonObject(value) || Object.keys(value).length === 0
}
