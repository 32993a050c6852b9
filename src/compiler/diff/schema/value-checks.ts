/** The keywords about single values: types, listed values, limits, texts. */
import { canonicalJson } from '../../../util/canonical-json.ts'
import { isJsonArray } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { narrow } from './comparison.ts'
import type { Comparison, KeywordCheck, Narrowing } from './comparison.ts'
import { isWithin, kindsOf, limitsOf, listedValues, withoutValues } from './facts.ts'
import type { Kind } from './facts.ts'

export const checkType: KeywordCheck = (_value, { facts, newer, older, place }) => {
  const allowed = kindsOf(newer)
  if ([...facts.kinds].every((kind) => allowed.has(kind))) return []
  const before = older.find(({ type }) => type !== undefined)
  const was = before === undefined ? 'anything was accepted' : `was ${typeText(before)}`
  return narrow(place, `must now be ${typeText(newer)} (${was})`)
}

/** `enum` and `const`. */
export const checkValues: KeywordCheck = (_value, { facts, newer, place }) => {
  const allowed = listedValues(newer) ?? []
  const before = facts.values ?? listableValues(facts.kinds)
  if (before === undefined) return narrow(place, `must now be one of ${textOf(allowed)}`)
  const refused = withoutValues(before, allowed)
  return refused.length === 0 ? [] : narrow(place, `no longer accepts ${textOf(refused)}`)
}

/** `minimum`, `exclusiveMinimum`. */
export const checkLower: KeywordCheck = (_value, comparison) => checkLimit(comparison, 'lower')

/** `maximum`, `exclusiveMaximum`. */
export const checkUpper: KeywordCheck = (_value, comparison) => checkLimit(comparison, 'upper')

function checkLimit({ facts, newer, place }: Comparison, side: 'lower' | 'upper'): readonly Narrowing[] {
  if (!hasNumbers(facts.kinds)) return []
  const before = facts[side]
  const broken = limitsOf(newer, side).find((limit) => before === undefined || !isWithin(before, limit, side))
  if (broken === undefined) return []
  const words = side === 'lower' ? ['at least', 'greater than'] : ['at most', 'less than']
  const was = before === undefined ? '' : ` (was ${words[before.exclusive ? 1 : 0]} ${before.value})`
  return narrow(place, `must now be ${words[broken.exclusive ? 1 : 0]} ${broken.value}${was}`)
}

export const checkMultiple: KeywordCheck = (value, { facts, older, place }) => {
  if (!hasNumbers(facts.kinds) || typeof value !== 'number') return []
  if (value === 1 && !facts.kinds.has('fraction')) return []
  const divides = ({ multipleOf: before }: JsonObject): boolean =>
    before === value || (isWhole(before) && isWhole(value) && Number(before) % value === 0)
  return older.some(divides) ? [] : narrow(place, `must now be a multiple of ${value}`)
}

export const checkPattern: KeywordCheck = (value, { facts, older, place }) => {
  if (!facts.kinds.has('string') || older.some(({ pattern }) => pattern === value)) return []
  return narrow(place, `must now match ${textOf([value])}`)
}

/** `minLength` and its like: what is counted must be at least the value. */
export function checkLeast(keyword: string, kind: Kind, counted: string): KeywordCheck {
  return (value, { facts, older, place }) => {
    if (!facts.kinds.has(kind) || typeof value !== 'number' || value <= 0) return []
    const before = Math.max(0, ...numbersAt(older, keyword), ...shortest(facts.values, kind))
    return before >= value ? [] : narrow(place, `must now have at least ${value} ${counted}`)
  }
}

/** `maxLength` and its like. */
export function checkMost(keyword: string, kind: Kind, counted: string): KeywordCheck {
  return (value, { facts, older, place }) => {
    if (!facts.kinds.has(kind) || typeof value !== 'number') return []
    const before = Math.min(...numbersAt(older, keyword), ...longest(facts.values, kind))
    return before <= value ? [] : narrow(place, `must now have at most ${value} ${counted}`)
  }
}

function numbersAt(older: readonly JsonObject[], keyword: string): readonly number[] {
  return older.map((schema) => schema[keyword]).filter((value) => typeof value === 'number')
}

function shortest(values: readonly Json[] | undefined, kind: Kind): readonly number[] {
  const lengths = lengthsOf(values, kind)
  return lengths.length === 0 ? [] : [Math.min(...lengths)]
}

function longest(values: readonly Json[] | undefined, kind: Kind): readonly number[] {
  const lengths = lengthsOf(values, kind)
  return lengths.length === 0 ? [] : [Math.max(...lengths)]
}

/** JSON Schema counts code points. */
function lengthsOf(values: readonly Json[] | undefined, kind: Kind): readonly number[] {
  if (values === undefined || kind !== 'string') return []
  return values.flatMap((value) => (typeof value === 'string' ? [[...value].length] : []))
}

/** Every value of some kinds, where there are few. */
function listableValues(kinds: ReadonlySet<Kind>): readonly Json[] | undefined {
  const values: Json[] = []
  for (const kind of kinds) {
    if (kind === 'null') values.push(null)
    else if (kind === 'boolean') values.push(false, true)
    else return undefined
  }
  return values
}

function hasNumbers(kinds: ReadonlySet<Kind>): boolean {
  return kinds.has('integer') || kinds.has('fraction')
}

function isWhole(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function typeText({ type, nullable }: JsonObject): string {
  const names = [...(isJsonArray(type) ? type : [type]), ...(nullable === true ? ['null'] : [])]
  return names.filter((name) => typeof name === 'string').join(' or ')
}

function textOf(values: readonly Json[]): string {
  const shown = values.slice(0, 8).map(canonicalJson).join(', ')
  return values.length > 8 ? `${shown} and ${values.length - 8} more` : shown
}
