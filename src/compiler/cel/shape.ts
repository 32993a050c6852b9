/** The shape of a value as CEL sees it, read from a JSON Schema: what types the checker and the values follow. */
import { isJsonObject, type Json, type JsonObject } from '../../util/json.ts'
import { resolvePointer } from '../json-schema/resolve-pointer.ts'
import type { JsonSchema } from '../program.ts'

export type Shape =
  | { readonly kind: 'dyn' | 'int' | 'double' | 'string' | 'bool' }
  | { readonly kind: 'list'; readonly items: Shape }
  | { readonly kind: 'map'; readonly values: Shape }
  | ObjectShape

/** An object whose properties a schema names. */
export interface ObjectShape {
  readonly kind: 'object'
  /** The name of its CEL type, unique within one environment. */
  readonly typeName: string
  readonly fields: ReadonlyMap<string, FieldShape>
  /** What a property may be that no one names; `null`: there are none (`additionalProperties: false`). */
  readonly others: Shape | null
  /** Other keywords (`allOf`, `patternProperties`, …) may name properties that this shape does not know. */
  readonly partial: boolean
}

export interface FieldShape {
  readonly shape: Shape
  readonly required: boolean
}

/** A value of which nothing is known. */
export const dynShape: Shape = { kind: 'dyn' }

/** How much of a schema is read: what lies beyond is of unknown shape, which is safe, only less precise. */
const maxShapes = 1000
const maxDepth = 32

/**
 * Reads the shape of a schema. Unions, nullable types, recursive and remote references become `dyn`. `name` starts
 * the names of its object types.
 */
export function shapeOfSchema(schema: JsonSchema, name: string): Shape {
  const reader: Reader = { root: schema, budget: maxShapes, typeNames: new Set(), references: [] }
  return readShape(reader, schema, `object.${name}`, 0)
}

interface Reader {
  readonly root: JsonSchema
  budget: number
  readonly typeNames: Set<string>
  /** The references being followed: one that is met again is recursive. */
  readonly references: string[]
}

function readShape(reader: Reader, schema: Json | undefined, name: string, depth: number): Shape {
  if (!isJsonObject(schema) || depth > maxDepth || reader.budget-- <= 0) return dynShape
  const reference = own(schema, '$ref')
  if (reference !== undefined) return readReference(reader, schema, name, depth)
  const type = own(schema, 'type') ?? typeOfValues(schema)
  switch (type) {
    case 'integer':
      return { kind: 'int' }
    case 'number':
      return { kind: 'double' }
    case 'string':
      return { kind: 'string' }
    case 'boolean':
      return { kind: 'bool' }
    case 'array':
      return { kind: 'list', items: readShape(reader, own(schema, 'items'), `${name}.item`, depth + 1) }
    case 'object':
      return readObject(reader, schema, name, depth)
    default:
      return type === undefined && isJsonObject(own(schema, 'properties'))
        ? readObject(reader, schema, name, depth)
        : dynShape
  }
}

function readObject(reader: Reader, schema: JsonObject, name: string, depth: number): Shape {
  const properties = own(schema, 'properties')
  const additional = own(schema, 'additionalProperties')
  const partial = partialKeywords.some((keyword) => Object.hasOwn(schema, keyword))
  const others =
    additional === false ? null : readShape(reader, partial ? true : additional, `${name}.other`, depth + 1)
  if (!isJsonObject(properties) && others !== null) return { kind: 'map', values: others }

  const typeName = uniqueName(reader, name)
  const required = own(schema, 'required')
  const fields = new Map<string, FieldShape>()
  for (const [key, value] of Object.entries(isJsonObject(properties) ? properties : {})) {
    fields.set(key, {
      shape: readShape(reader, value, `${typeName}.${key.replace(/\W/g, '_')}`, depth + 1),
      required: Array.isArray(required) && required.includes(key),
    })
  }
  return { kind: 'object', typeName, fields, others, partial }
}

const partialKeywords = [
  'patternProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependentSchemas',
  'unevaluatedProperties',
  '$dynamicRef',
]

/** What may stand beside a `$ref` without changing what it refers to. */
const annotations = new Set(
  '$ref $comment $schema $id $anchor $defs definitions title description default examples deprecated'.split(
    ' ',
  ),
)

function readReference(reader: Reader, schema: JsonObject, name: string, depth: number): Shape {
  const reference = own(schema, '$ref')
  const alone = Object.keys(schema).every((key) => annotations.has(key))
  if (typeof reference !== 'string' || !alone || reader.references.includes(reference)) return dynShape
  reader.references.push(reference)
  const shape = readShape(reader, resolvePointer(reader.root, reference), name, depth + 1)
  reader.references.pop()
  return shape
}

/** `enum` and `const` without `type`: the type that all of their values have. */
function typeOfValues(schema: JsonObject): string | undefined {
  const list = own(schema, 'enum')
  const single = own(schema, 'const')
  const values: readonly Json[] = isList(list) ? list : single === undefined ? [] : [single]
  const types = new Set(values.map(typeOfValue))
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number'
  const [only] = types
  return types.size === 1 ? only : undefined
}

function typeOfValue(value: Json): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'other'
}

function uniqueName(reader: Reader, name: string): string {
  let unique = name
  for (let count = 2; reader.typeNames.has(unique); count++) unique = `${name}_${count}`
  reader.typeNames.add(unique)
  return unique
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
