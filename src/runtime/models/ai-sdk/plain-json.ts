/** Values of a provider package as JSON: what they hold besides (dates, errors, functions) is of no use to us. */
import { isJsonObject, parseJson } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'
import { malformedFailure } from '../openai/failures.ts'

/**
 * An object of a provider as a JSON object; one with texts alone is given back as it is.
 *
 * @throws ModelFailure when it is no object, or not JSON.
 */
export function jsonObjectOf(value: unknown, who: string): JsonObject {
  if (isTexts(value)) return value
  try {
    const text: unknown = JSON.stringify(value)
    const json = typeof text === 'string' ? parseJson(text) : null
    if (isJsonObject(json)) return json
  } catch {
    // A cycle or a bigint: said below.
  }
  throw malformedFailure(who, 'a part of it is not JSON')
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((member) => typeof member === 'string')
  )
}
