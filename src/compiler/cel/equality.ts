/** Equality and membership of CEL values: by content, numbers by value whatever their type. */

/** True when two values are equal; values of unrelated types are not. */
export function celEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a === 'bigint') return typeof b === 'number' && mixedEqual(a, b)
  if (typeof b === 'bigint') return typeof a === 'number' && mixedEqual(b, a)
  if (!isObject(a) || !isObject(b)) return false
  const [list, otherList] = [listOf(a), listOf(b)]
  if (list !== undefined || otherList !== undefined) {
    return list !== undefined && otherList !== undefined && listsEqual(list, otherList)
  }
  const left = entriesOf(a)
  const right = entriesOf(b)
  if (left === undefined || right === undefined) return scalarsEqual(a, b)
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && celEquals(value, right.get(key)))
  )
}

/** True when a list has an equal element, or a map the key; undefined when `container` is neither. */
export function isMember(item: unknown, container: unknown): boolean | undefined {
  if (Array.isArray(container)) return container.some((other) => celEquals(item, other))
  const entries = entriesOf(container)
  if (entries === undefined) return undefined
  if (container instanceof Map) return entries.has(item)
  return entries.has(String(item))
}

/** The entries of a map: a `Map`, as made from JSON, or the plain object that a literal gives. */
function entriesOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value
  const plain = isObject(value) && Object.getPrototypeOf(value) === Object.prototype
  return plain ? new Map(Object.entries(value)) : undefined
}

function listOf(value: object): readonly unknown[] | undefined {
  if (value instanceof Uint8Array) return [...value]
  return Array.isArray(value) ? value : undefined
}

function listsEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => celEquals(item, b[index]))
}

/** Timestamps, durations and unsigned integers are objects of a class with a primitive value. */
function scalarsEqual(a: object, b: object): boolean {
  const value: unknown = a.valueOf()
  return a.constructor === b.constructor && !isObject(value) && value === b.valueOf()
}

/** Exact, where converting the integer to a double may not be. */
function mixedEqual(integer: bigint, double: number): boolean {
  return Number.isInteger(double) && BigInt(double) === integer
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
