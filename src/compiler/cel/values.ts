/** Between JSON and the values CEL computes with: whole numbers are `bigint`, objects are `Map`s. */
import type { Json } from '../../util/json.ts'
import type { ObjectShape, Shape } from './shape.ts'

/** An object of a declared type. The class is what the checker recognises the type by; see `createObjectClasses`. */
export type ObjectClass = new (entries: Iterable<readonly [string, unknown]>) => Map<string, unknown>

/**
 * One class for each object shape, made when it is first asked for. Objects become `Map`s, never plain objects, so
 * that a key such as `constructor` or `__proto__` is data like any other.
 */
export function createObjectClasses(): (shape: ObjectShape) => ObjectClass {
  const classes = new WeakMap<ObjectShape, ObjectClass>()
  return (shape) => {
    const known = classes.get(shape)
    if (known !== undefined) return known
    const created: ObjectClass = class extends Map<string, unknown> {}
    classes.set(shape, created)
    return created
  }
}

/**
 * Converts a JSON value as its schema says: `integer` → int, `number` → double. Where nothing is known, whole numbers
 * become ints. A value that does not have the shape is converted as if nothing were known, so that reading it is an
 * error of the expression and not a silent change of type.
 */
export function toCelValue(
  value: unknown,
  shape: Shape,
  classOf: (shape: ObjectShape) => ObjectClass,
): unknown {
  switch (shape.kind) {
    case 'double':
      return typeof value === 'number' ? value : untyped(value)
    case 'list':
      return Array.isArray(value)
        ? value.map((item) => toCelValue(item, shape.items, classOf))
        : untyped(value)
    case 'map':
      return isObject(value)
        ? new Map(Object.entries(value).map(([key, item]) => [key, toCelValue(item, shape.values, classOf)]))
        : untyped(value)
    case 'object':
      return isObject(value) ? toTypedObject(value, shape, classOf) : untyped(value)
    default:
      return untyped(value)
  }
}

function toTypedObject(
  value: object,
  shape: ObjectShape,
  classOf: (shape: ObjectShape) => ObjectClass,
): Map<string, unknown> {
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    const field = shape.fields.get(key)?.shape ?? shape.others
    return [key, field === null ? untyped(item) : toCelValue(item, field, classOf)]
  })
  return new (classOf(shape))(entries)
}

function untyped(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(untyped)
  if (isObject(value)) return new Map(Object.entries(value).map(([key, item]) => [key, untyped(item)]))
  return value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Converts a result of CEL to JSON. Timestamps and durations become their text.
 *
 * @throws TypeError for what JSON cannot hold: an integer beyond 2^53, a number that is not finite, bytes, a type.
 */
export function fromCelValue(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`the result ${value} has no JSON form`)
      return value
    case 'bigint':
      if (!Number.isSafeInteger(Number(value)))
        throw new TypeError(`the result ${value} is too large for JSON`)
      return Number(value)
    default:
      return fromCelObject(value)
  }
}

function fromCelObject(value: unknown): Json {
  if (value === null) return null
  if (Array.isArray(value)) return value.map(fromCelValue)
  if (value instanceof Map) return entriesToJson(value)
  if (value instanceof Date) return value.toISOString()
  if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
    return entriesToJson(Object.entries(value))
  if (isDuration(value)) return `${Number(value) / 1000}s`
  throw new TypeError('the result is not a JSON value')
}

/** The library does not export the class; its primitive value is in milliseconds. */
function isDuration(value: unknown): boolean {
  return isObject(value) && Reflect.get(value, Symbol.toStringTag) === 'google.protobuf.Duration'
}

function entriesToJson(entries: Iterable<[unknown, unknown]>): Json {
  return Object.fromEntries([...entries].map(([key, item]) => [String(key), fromCelValue(item)]))
}
