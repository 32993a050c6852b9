/**
 * A JSON Schema as strict mode wants it, on a copy: objects closed, every property required and the optional ones nullable,
 * `oneOf` as `anyOf`, a lone `allOf` and references with words beside them taken in. What a value must be is checked by the
 * author's own schema afterwards, so a conversion may widen, but never leave out what the author allows.
 */
import { listNames } from '../../../spec/did-you-mean.ts'
import { fromPointer } from '../../../spec/path.ts'
import type { Path } from '../../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { resolvePointer } from '../resolve-pointer.ts'
import { acceptsNull, typesOfValues, withNull } from './nullable.ts'
import { ANNOTATIONS, DROPPED, FORMATS, REFUSED } from './strict-keywords.ts'
import { requiredOf, typesOf } from './shape.ts'

/** Why a schema cannot be sent in strict mode. */
export interface StrictProblem {
  /** Into the schema. */
  readonly path: Path
  /** What strict mode wants, after the words "Strict mode". */
  readonly rule: string
}

/** Limits of one conversion: references can unfold to more than anybody wrote. */
const MOST_SCHEMAS = 5000
const DEEPEST = 64

interface Conversion {
  readonly root: JsonObject
  readonly problems: StrictProblem[]
  schemas: number
}

/** Where a conversion is: in the schema, and inside which references. */
interface Place {
  readonly path: Path
  readonly inside: readonly string[]
}

/** The converted schema; with problems it is of no use. */
export function convert(root: JsonObject): {
  readonly schema: JsonObject
  readonly problems: readonly StrictProblem[]
} {
  const conversion: Conversion = { root, problems: [], schemas: 0 }
  const schema = convertSchema(conversion, root, { path: [], inside: ['#'] })
  const choice = ['anyOf', 'oneOf'].filter((key) => root[key] !== undefined).slice(0, 1)
  if (schema['anyOf'] !== undefined) report(conversion, choice, 'has no choice at the root')
  else if (schema['type'] !== 'object') report(conversion, [], 'wants "type: object" at the root')
  return { schema, problems: conversion.problems }
}

function report({ problems }: Conversion, path: Path, rule: string): void {
  const isKnown = problems.some((one) => one.rule === rule && one.path.join('/') === path.join('/'))
  if (!isKnown) problems.push({ path, rule })
}

function convertSchema(conversion: Conversion, schema: Json | undefined, place: Place): JsonObject {
  const { path, inside } = place
  conversion.schemas += 1
  if (conversion.schemas > MOST_SCHEMAS || path.length + inside.length > DEEPEST) {
    report(conversion, [], 'takes no schema of this size')
    return {}
  }
  if (!isJsonObject(schema)) {
    report(conversion, path, 'wants a "type" for every value')
    return {}
  }
  if (typeof schema['$ref'] === 'string') return convertReference(conversion, schema, schema['$ref'], place)
  if (schema['allOf'] !== undefined) return convertAllOf(conversion, schema, place)
  for (const keyword of REFUSED) {
    if (schema[keyword] !== undefined) report(conversion, [...path, keyword], `has no "${keyword}"`)
  }
  return convertPlain(conversion, schema, place)
}

/** A reference stands alone in strict mode: what it refers to takes its place where words stand beside it. */
function convertReference(
  conversion: Conversion,
  schema: JsonObject,
  reference: string,
  { path, inside }: Place,
): JsonObject {
  const { $ref, ...beside } = schema
  const target = resolvePointer(conversion.root, reference)
  const others = Object.keys(beside).filter((key) => !ANNOTATIONS.has(key))
  if (!isJsonObject(target) || typeof target['$id'] === 'string') {
    report(conversion, [...path, '$ref'], 'follows references within the schema alone')
  } else if (others.length > 0) {
    report(conversion, path, `has nothing but words beside "$ref", not ${listNames(others)}`)
  } else if (inside.includes(reference)) {
    return { $ref: reference }
  } else if (path.length > 0 && Object.keys(beside).length === 0 && isDefinition(reference)) {
    return { $ref: reference }
  } else {
    const at = fromPointer(reference.slice(1))
    return convertSchema(conversion, { ...target, ...beside }, { path: at, inside: [...inside, reference] })
  }
  return {}
}

function isDefinition(reference: string): boolean {
  return reference === '#' || /^#\/(?:\$defs|definitions)\/[^/]+$/.test(reference)
}

function convertAllOf(conversion: Conversion, schema: JsonObject, { path, inside }: Place): JsonObject {
  const { allOf, ...parent } = schema
  const [entry, ...more] = isJsonArray(allOf) ? allOf : []
  if (!isJsonObject(entry) || more.length > 0) {
    report(conversion, [...path, 'allOf'], 'has no "allOf"')
    return {}
  }
  const clashes = Object.keys(parent).filter(
    (key) => Object.hasOwn(entry, key) && !ANNOTATIONS.has(key) && entry[key] !== parent[key],
  )
  if (clashes.length > 0) {
    report(
      conversion,
      [...path, 'allOf'],
      `has no "allOf", and ${listNames(clashes)} cannot be taken from it`,
    )
    return {}
  }
  return convertSchema(conversion, { ...entry, ...parent }, { path, inside: [...inside, 'allOf'] })
}

function convertPlain(conversion: Conversion, schema: JsonObject, place: Place): JsonObject {
  const { path } = place
  const converted = new Map<string, Json>(Object.entries(schema).filter(([key]) => !DROPPED.has(key)))
  if (converted.get('default') === null) converted.delete('default')
  const format = converted.get('format')
  if (typeof format === 'string' && !FORMATS.has(format)) converted.delete('format')
  if (path.length > 0 && schema['$id'] !== undefined)
    report(conversion, [...path, '$id'], 'has no "$id" inside')
  const types = knownTypes(schema)
  const forms = convertForms(conversion, schema, place)
  if (forms !== null) converted.set('anyOf', forms)
  else if (types.length === 0) report(conversion, path, 'wants a "type" for every value')
  converted.delete('oneOf')
  if (types.length > 0) converted.set('type', types.length === 1 ? (types[0] ?? 'null') : types)
  for (const key of ['$defs', 'definitions']) {
    const defined = schema[key]
    if (isJsonObject(defined)) converted.set(key, convertMembers(conversion, defined, key, place))
  }
  if (types.includes('object')) convertObject(conversion, schema, place, converted)
  if (types.includes('array')) convertItems(conversion, schema, place, converted)
  return Object.fromEntries(converted)
}

/** The types a schema names, or those that its other keywords leave no doubt about. */
function knownTypes(schema: JsonObject): readonly Json[] {
  const types = typesOf(schema)
  if (types.length > 0) return types
  if (isJsonObject(schema['properties'])) return ['object']
  if (schema['items'] !== undefined) return ['array']
  const { enum: values } = schema
  if (isJsonArray(values)) return typesOfValues(values)
  return schema['const'] === undefined ? [] : typesOfValues([schema['const']])
}

function convertForms(
  conversion: Conversion,
  { anyOf, oneOf }: JsonObject,
  { path, inside }: Place,
): readonly Json[] | null {
  if (anyOf !== undefined && oneOf !== undefined) report(conversion, [...path, 'oneOf'], 'has no "oneOf"')
  const key = anyOf === undefined ? 'oneOf' : 'anyOf'
  const forms = anyOf ?? oneOf
  if (!isJsonArray(forms)) return null
  return forms.map((form, index) => convertSchema(conversion, form, { path: [...path, key, index], inside }))
}

function convertMembers(
  conversion: Conversion,
  schemas: JsonObject,
  key: string,
  { path, inside }: Place,
): Record<string, JsonObject> {
  const members = Object.entries(schemas).map(
    ([name, schema]) =>
      [name, convertSchema(conversion, schema, { path: [...path, key, name], inside })] as const,
  )
  return Object.fromEntries(members)
}

/** An object that says nothing of its properties takes any: that is not to be had in strict mode. */
function convertObject(
  conversion: Conversion,
  schema: JsonObject,
  place: Place,
  converted: Map<string, Json>,
): void {
  const { path } = place
  const { properties = {}, additionalProperties } = schema
  const isOpen = additionalProperties !== undefined && additionalProperties !== false
  if (isOpen) {
    report(
      conversion,
      [...path, 'additionalProperties'],
      'wants "additionalProperties: false" in every object',
    )
  } else if (schema['properties'] === undefined && additionalProperties === undefined) {
    report(conversion, path, 'wants the properties of every object')
  }
  const named = isJsonObject(properties) ? properties : {}
  const required = requiredOf(schema)
  const unnamed = [...required].filter((name) => typeof name !== 'string' || !Object.hasOwn(named, name))
  if (unnamed.length > 0) report(conversion, [...path, 'required'], 'wants required properties described')
  const members = Object.entries(convertMembers(conversion, named, 'properties', place)).map(
    ([name, member]): [string, JsonObject] => {
      const isOptional = !required.has(name) && !acceptsNull(conversion.root, named[name] ?? true)
      return [name, isOptional ? withNull(member) : member]
    },
  )
  converted.set('properties', Object.fromEntries(members))
  converted.set('required', Object.keys(named))
  converted.set('additionalProperties', false)
}

function convertItems(
  conversion: Conversion,
  { items }: JsonObject,
  { path, inside }: Place,
  converted: Map<string, Json>,
): void {
  if (items === undefined) report(conversion, path, 'wants "items" in every list')
  else converted.set('items', convertSchema(conversion, items, { path: [...path, 'items'], inside }))
}
