/** A quick look at whether a value was meant by one form of a choice; the validator has the last word on it. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { formsOf, requiredOf, shapeOf, typesOf } from './shape.ts'
import type { Walk } from './walk.ts'

/** False only when type, constants or names of properties certainly differ. */
export function couldFit(walk: Walk, schema: Json | undefined, value: Json): boolean {
  const shape = shapeOf(walk.root, schema)
  if (shape === null) return schema !== false
  return walk.step(() => hasKind(shape, value) && hasParts(walk, shape, value), false)
}

function hasKind(shape: JsonObject, value: Json): boolean {
  const types = typesOf(shape)
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return false
  const isPrimitive = typeof value !== 'object' || value === null
  const { enum: values, const: constant } = shape
  if (!isPrimitive) return true
  return (constant === undefined || constant === value) && (!isJsonArray(values) || values.includes(value))
}

function hasParts(walk: Walk, shape: JsonObject, value: Json): boolean {
  const forms = formsOf(shape)
  if (forms.length > 0 && !forms.some((form) => couldFit(walk, form, value))) return false
  if (isJsonArray(value)) return value.every((item) => couldFit(walk, shape['items'], item))
  return !isJsonObject(value) || hasMembers(walk, shape, value)
}

function hasMembers(walk: Walk, shape: JsonObject, value: JsonObject): boolean {
  for (const name of requiredOf(shape)) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) return false
  }
  const { properties } = shape
  if (!isJsonObject(properties)) return true
  return Object.entries(value).every(
    ([name, member]) => Object.hasOwn(properties, name) && couldFit(walk, properties[name], member),
  )
}

function isOfType(type: Json, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return isJsonArray(value)
    case 'object':
      return isJsonObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
