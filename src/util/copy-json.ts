/** Copies of JSON values, for code that may change them. */
import { isJsonArray, isJsonObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** A deep copy of a JSON object; `structuredClone` takes five times as long for the small ones that calls have. */
export function copyJson(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copied(member)]))
}

function copied(value: Json): Json {
  if (isJsonArray(value)) return value.map(copied)
  return isJsonObject(value) ? copyJson(value) : value
}
