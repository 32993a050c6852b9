/** Text that is half a character is no Unicode text: RFC 8785 has no form for it, and no other program reads it. */
import { isJsonArray, isJsonObject } from './json.ts'
import type { Json } from './json.ts'

/** A JSON value with U+FFFD in place of every lone surrogate; the same value when there is none. */
export function wellFormedJson<T>(value: T): T
export function wellFormedJson(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed()
  if (isJsonArray(value)) {
    const members = value.map(wellFormedJson)
    return members.some((member, index) => member !== value[index]) ? members : value
  }
  if (!isJsonObject(value)) return value
  let changed = false
  const members = Object.entries(value).map(([key, member]) => {
    const entry = [key.toWellFormed(), wellFormedJson(member)] as const
    changed ||= entry[0] !== key || entry[1] !== member
    return entry
  })
  return changed ? Object.fromEntries(members) : value
}
