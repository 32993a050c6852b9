/**
 * Undoes in a value what the conversion to strict mode did to its schema: a `null` that stands for a property the author
 * left optional, and that no author's schema allows there, means that the property is absent. Nothing else is changed.
 */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'
import { couldFit } from './could-fit.ts'
import { acceptsNull } from './nullable.ts'
import { formsOf, requiredOf, shapeOf } from './shape.ts'
import { createWalk } from './walk.ts'
import type { Walk } from './walk.ts'

/** The same value when there is nothing to undo. */
export function restore(schema: JsonSchema, value: Json): Json {
  return restoreAny(createWalk(schema), isJsonObject(schema) ? schema : undefined, value)
}

function restoreAny(walk: Walk, schema: Json | undefined, value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  return walk.step(() => restoreShaped(walk, shapeOf(walk.root, schema), value), value)
}

function restoreShaped(walk: Walk, shape: JsonObject | null, value: Json): Json {
  if (shape === null) return value
  const inForm = restoreInForm(walk, formsOf(shape), value)
  if (isJsonArray(inForm)) return restoreList(walk, shape['items'], inForm)
  return isJsonObject(inForm) ? restoreObject(walk, shape, inForm) : inForm
}

/** By the first form that the value then could have been written in. */
function restoreInForm(walk: Walk, forms: readonly Json[], value: Json): Json {
  for (const form of forms) {
    const restored = restoreAny(walk, form, value)
    if (couldFit(walk, form, restored)) return restored
  }
  return value
}

function restoreList(walk: Walk, items: Json | undefined, value: readonly Json[]): Json {
  if (items === undefined) return value
  const restored = value.map((item) => restoreAny(walk, items, item))
  return restored.some((item, index) => item !== value[index]) ? restored : value
}

function restoreObject(walk: Walk, shape: JsonObject, value: JsonObject): Json {
  const { properties } = shape
  if (!isJsonObject(properties)) return value
  const required = requiredOf(shape)
  const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property === undefined) return [[name, member]]
    const isOurs = member === null && !required.has(name) && !acceptsNull(walk.root, property)
    return isOurs ? [] : [[name, restoreAny(walk, property, member)]]
  })
  const isSame =
    members.length === Object.keys(value).length && members.every(([name, member]) => member === value[name])
  return isSame ? value : Object.fromEntries(members)
}
