/** Recognizes values that certainly fit a JSON Schema, at a glance: without loading and preparing the real validator. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'

/**
 * True only for a value that fits. False says nothing: few keywords are known here, and a schema that uses others is
 * for the validator. The schema must be valid.
 */
export function fitsPlainly(schema: JsonSchema, value: Json): boolean {
  if (!isJsonObject(schema)) return schema
  return Object.keys(schema).every((keyword) => {
    const fits = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
    return fits !== undefined && fits(schema[keyword] ?? null, value, schema)
  })
}

/** Whether a value fits one keyword, of this value in this schema. */
type Fit = (given: Json, value: Json, schema: JsonObject) => boolean

const isFine: Fit = () => true

const keywords: Readonly<Record<string, Fit>> = {
  $comment: isFine,
  $schema: isFine,
  additionalProperties: (given, value, { properties }) =>
    !isJsonObject(value) ||
    Object.entries(value).every(([name, member]) => isOwn(properties, name) || fitsAny(given, member)),
  const: (given, value) => given === value,
  default: isFine,
  description: isFine,
  enum: (given, value) => isJsonArray(given) && given.includes(value),
  examples: isFine,
  format: isFine,
  items: (given, value) => !isJsonArray(value) || value.every((item) => fitsAny(given, item)),
  maximum: (given, value) => typeof value !== 'number' || value <= Number(given),
  minimum: (given, value) => typeof value !== 'number' || value >= Number(given),
  minLength: (given, value) => typeof value !== 'string' || Array.from(value).length >= Number(given),
  maxLength: (given, value) => typeof value !== 'string' || Array.from(value).length <= Number(given),
  properties: (given, value) =>
    !isJsonObject(value) ||
    Object.entries(value).every(([name, member]) => !isOwn(given, name) || fitsAny(given[name], member)),
  required: (given, value) =>
    !isJsonObject(value) ||
    (isJsonArray(given) && given.every((name) => typeof name === 'string' && Object.hasOwn(value, name))),
  title: isFine,
  type: (given, value) => [given].flat().some((name) => isOfType(name, value)),
}

function isOwn(properties: Json | undefined, name: string): properties is JsonObject {
  return isJsonObject(properties) && Object.hasOwn(properties, name)
}

function fitsAny(schema: Json | undefined, value: Json): boolean {
  return typeof schema === 'boolean' || isJsonObject(schema) ? fitsPlainly(schema, value) : false
}

function isOfType(name: Json | undefined, value: Json): boolean {
  switch (name) {
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'array':
      return isJsonArray(value)
    case 'object':
      return isJsonObject(value)
    default:
      return typeof value === name
  }
}
