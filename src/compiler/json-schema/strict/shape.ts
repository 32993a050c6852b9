/** A schema with its references followed and its lone `allOf` taken in: what it says of a value, in one object. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'
import { resolvePointer } from '../resolve-pointer.ts'

/** More references in a row are a circle. */
const MOST_STEPS = 32

/** `null` for a schema that is no object, and for references that lead nowhere or in a circle. */
export function shapeOf(root: JsonSchema, schema: Json | undefined): JsonObject | null {
  let shape: Json | undefined = schema
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (!isJsonObject(shape)) return null
    const { $ref, allOf, ...rest } = shape
    if (typeof $ref === 'string') {
      const target = resolvePointer(root, $ref)
      if (!isJsonObject(target)) return null
      shape = allOf === undefined ? { ...target, ...rest } : { ...target, ...rest, allOf }
    } else if (isJsonArray(allOf) && allOf.length === 1 && isJsonObject(allOf[0])) {
      shape = { ...allOf[0], ...rest }
    } else {
      return shape
    }
  }
  return null
}

/** The forms of `anyOf` or `oneOf`; none when the schema leaves no choice. */
export function formsOf(shape: JsonObject): readonly Json[] {
  const forms = shape['anyOf'] ?? shape['oneOf']
  return isJsonArray(forms) ? forms : []
}

/** The names under `type`, which is a text or a list. */
export function typesOf(shape: JsonObject): readonly Json[] {
  const { type } = shape
  return type === undefined ? [] : [type].flat()
}

/** The names under `required`. */
export function requiredOf(shape: JsonObject): ReadonlySet<Json> {
  const { required } = shape
  return new Set(isJsonArray(required) ? required : [])
}
