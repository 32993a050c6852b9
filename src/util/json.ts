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
