/** Says in plain words what a value is, and what was expected. */
import type { Json } from '../../util/json.ts'

/** In the order in which they are named. */
const TYPES: Readonly<Record<string, string>> = {
  boolean: 'true, false',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a map',
  null: 'null',
}

const LONGEST = 60

/** `a text or a map`, for types of JSON Schema. */
export function describeTypes(types: readonly string[]): string {
  const words = Object.keys(TYPES).flatMap((type) =>
    types.includes(type) ? (TYPES[type]?.split(', ') ?? []) : [],
  )
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** `the text "10"`, `the number 3`, `a list`, `null`. */
export function describeValue(value: Json | undefined): string {
  if (typeof value === 'string') return `the text ${quoted(value)}`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a map'
  return typeof value === 'boolean' || value === null ? String(value) : `the number ${String(value)}`
}

/** A text in quotes, on one line and not too long; other values as `describeValue` has them. */
export function quoteValue(value: Json | undefined): string {
  return typeof value === 'string' ? quoted(value) : describeValue(value)
}

function quoted(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return JSON.stringify(shown)
}
