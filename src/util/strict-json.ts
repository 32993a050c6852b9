/** JSON text from a model, read without guessing: what is ambiguous or loses precision is refused. */
import { wellFormedJson } from './well-formed.ts'
import { isJsonArray, parseJson } from './json.ts'
import type { Json } from './json.ts'
import { messageOf } from './message-of.ts'

export type StrictJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string }

/**
 * Parses JSON and refuses what `JSON.parse` lets through although its meaning is doubtful: keys given twice, integers
 * that are not exactly representable, numbers too large for a double.
 */
export function parseStrictJson(text: string): StrictJson {
  try {
    const value = parseJson(text)
    const problem =
      (DOUBTFUL_NUMBER.test(text) ? numberProblemIn(text) : null) ??
      (countColons(text) === countKeys(value) ? null : duplicateKey(text)) ??
      textProblem(value)
    return problem === null ? { ok: true, value } : { ok: false, problem }
  } catch (error) {
    return { ok: false, problem: messageOf(error) }
  }
}

/** What a number that a double does not hold has in any case: many digits, or an exponent. */
const DOUBTFUL_NUMBER = /\d{16}|\d[eE]/

/** As many keys as colons: then every colon is behind a key, and no key was lost to another one of its name. */
function countColons(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++
  return count
}

function countKeys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  const members: readonly Json[] = Object.values(value)
  let count = isJsonArray(value) ? 0 : members.length
  for (const member of members) count += countKeys(member)
  return count
}

function textProblem(value: Json): string | null {
  return wellFormedJson(value) === value ? null : 'a text in it is not valid Unicode'
}

/** The first number that a double does not hold, found with its source text. */
function numberProblemIn(text: string): string | null {
  let problem: string | null = null
  JSON.parse(text, (_key, member: Json, context?: { readonly source?: string }) => {
    if (typeof member === 'number') problem ??= numberProblem(member, context?.source ?? String(member))
    return null
  })
  return problem
}

function numberProblem(value: number, source: string): string | null {
  if (!Number.isFinite(value)) return `the number ${shorten(source)} is too large`
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return `the integer ${shorten(source)} cannot be kept exactly`
  return null
}

/** Finds a key given twice in one object. The text is known to be valid JSON. */
function duplicateKey(text: string): string | null {
  const scopes: (Set<string> | null)[] = []
  let expectsKey = false
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gu)) {
    const [symbol] = token
    const scope = scopes.at(-1)
    if (symbol === '{') scopes.push(new Set())
    else if (symbol === '[') scopes.push(null)
    else if (symbol === '}' || symbol === ']') scopes.pop()
    else if (symbol.startsWith('"') && expectsKey && scope) {
      const key = String(JSON.parse(symbol))
      if (scope.has(key)) return `the key ${shorten(JSON.stringify(key))} is given twice`
      scope.add(key)
    }
    expectsKey = symbol === '{' || (symbol === ',' && scopes.at(-1) instanceof Set)
  }
  return null
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
