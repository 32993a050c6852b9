/** JSON as a TypeScript type: what a Program, a journal and a saved state are made of. */

export type JsonPrimitive = string | number | boolean | null
export type Json = JsonPrimitive | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** True for a plain JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for a JSON array; unlike `Array.isArray` it does not give its entries the type `any`. */
export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/**
 * `JSON.parse` with the type it deserves.
 *
 * @throws SyntaxError for a text that is not JSON.
 */
export function parseJson(text: string): Json {
  const value: unknown = JSON.parse(text)
  if (isParsed(value)) return value
  throw new SyntaxError('not JSON')
}

/** What `JSON.parse` gives is JSON all the way down; its kind is all there is to check. */
function isParsed(value: unknown): value is Json {
  return value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value)
}
