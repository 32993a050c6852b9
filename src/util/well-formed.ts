/** Text that is half a character is no Unicode text: RFC 8785 has no form for it, and no other program reads it. */
import { isJsonArray, isJsonObject } from './json.ts'
import type { Json } from './json.ts'

/** A JSON value with U+FFFD in place of every lone surrogate; the same value when there is none. */
export function wellFormedJson<T>(value: T): T
export function wellFormedJson(value: Json): Json {
  // Nearly everything is well formed, and everything that is journaled comes by here: looking makes nothing new.
  return isWellFormed(value) ? value : mended(value)
}

function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (isJsonArray(value)) return value.every(isWellFormed)
  if (!isJsonObject(value)) return true
  for (const key in value) {
    const member = value[key]
    if (!key.isWellFormed() || (member !== undefined && !isWellFormed(member))) return false
  }
  return true
}

function mended(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed()
  if (isJsonArray(value)) return value.map(wellFormedJson)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormedJson(member)]),
  )
}
