/** Whether a schema takes `null`, and how to make it. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'
import { formsOf, shapeOf, typesOf } from './shape.ts'

/** Deeper choices within choices are not looked at: they are taken to have no `null`. */
const DEEPEST_CHOICE = 8

export function acceptsNull(root: JsonSchema, schema: Json, depth = 0): boolean {
  const shape = shapeOf(root, schema)
  if (shape === null || depth > DEEPEST_CHOICE) return schema === true
  const types = typesOf(shape)
  if (types.length > 0 && !types.includes('null')) return false
  const { enum: values } = shape
  if (isJsonArray(values) && !values.includes(null)) return false
  if (shape['const'] !== undefined && shape['const'] !== null) return false
  const forms = formsOf(shape)
  return forms.length === 0 || forms.some((form) => acceptsNull(root, form, depth + 1))
}

/** A converted schema that takes `null` too. */
export function withNull(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf } = schema
  if (isJsonArray(anyOf) && type === undefined) return { ...schema, anyOf: [...anyOf, { type: 'null' }] }
  const isPlain = type !== undefined && anyOf === undefined && schema['const'] === undefined
  if (!isPlain) return { anyOf: [schema, { type: 'null' }] }
  return {
    ...schema,
    type: [...typesOf(schema), 'null'],
    ...(isJsonArray(values) ? { enum: [...values, null] } : {}),
  }
}

/** The names of the types that some values have; integers count as numbers where a fraction is among them. */
export function typesOfValues(values: readonly Json[]): readonly string[] {
  const types = new Set(values.map(typeOfValue))
  if (types.has('number')) types.delete('integer')
  return [...types]
}

function typeOfValue(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (isJsonObject(value)) return 'object'
  return Number.isInteger(value) ? 'integer' : typeof value
}
