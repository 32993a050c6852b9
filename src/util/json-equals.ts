/** Equality of JSON values by content; the order of keys does not matter. */
import { isJsonObject, type Json } from './json.ts'

/** True when two JSON values are equal. Members that are `undefined` count as absent. */
export function jsonEquals(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = presentKeys(a)
  return (
    keys.length === presentKeys(b).length &&
    keys.every((key) => {
      const [left, right] = [a[key], Object.hasOwn(b, key) ? b[key] : undefined]
      return left !== undefined && right !== undefined && jsonEquals(left, right)
    })
  )
}

function presentKeys(object: { readonly [key: string]: Json }): readonly string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined)
}
