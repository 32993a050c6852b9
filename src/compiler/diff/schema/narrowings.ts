/**
 * Does a newer JSON Schema refuse values that an older one accepts? Exact where it says no: then every value that fits
 * the older schema fits the newer one. Where that cannot be proven, it says where the proof fails.
 */
import { canonicalJson } from '../../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { dialectOf } from '../../json-schema/dialect.ts'
import { resolvePointer } from '../../json-schema/resolve-pointer.ts'
import type { JsonSchema } from '../../program.ts'
import { checkAllOf, checkAnyOf, checkGroup, checkOneOf, checkUnevaluated } from './choice-checks.ts'
import { narrow } from './comparison.ts'
import type { Comparison, KeywordCheck, Narrowing, Place } from './comparison.ts'
import { conjunctsOf, factsOf, withoutKeywords } from './facts.ts'
import { createSameMeaning, hasAnchors } from './meaning.ts'
import type { SameMeaning } from './meaning.ts'
import {
  checkAdditional,
  checkItems,
  checkPatternProperties,
  checkPrefixItems,
  checkProperties,
  checkRequired,
  checkUnique,
} from './structure-checks.ts'
import {
  checkLeast,
  checkLower,
  checkMost,
  checkMultiple,
  checkPattern,
  checkType,
  checkUpper,
  checkValues,
} from './value-checks.ts'

/** Every keyword that decides whether a value is valid; all others are annotations. */
const CHECKS: ReadonlyMap<string, KeywordCheck> = new Map([
  ['type', checkType],
  ['enum', checkValues],
  ['const', checkValues],
  ['minimum', checkLower],
  ['exclusiveMinimum', checkLower],
  ['maximum', checkUpper],
  ['exclusiveMaximum', checkUpper],
  ['multipleOf', checkMultiple],
  ['pattern', checkPattern],
  ['minLength', checkLeast('minLength', 'string', 'characters')],
  ['maxLength', checkMost('maxLength', 'string', 'characters')],
  ['required', checkRequired],
  ['properties', checkProperties],
  ['additionalProperties', checkAdditional],
  ['patternProperties', checkPatternProperties],
  ['minProperties', checkLeast('minProperties', 'object', 'properties')],
  ['maxProperties', checkMost('maxProperties', 'object', 'properties')],
  ['propertyNames', checkGroup(['propertyNames'], 'object')],
  ['dependentRequired', checkGroup(['dependentRequired'], 'object')],
  ['dependentSchemas', checkGroup(['dependentSchemas'], 'object')],
  ['dependencies', checkGroup(['dependencies'], 'object')],
  ['unevaluatedProperties', checkUnevaluated('object')],
  ['items', checkItems],
  ['prefixItems', checkPrefixItems],
  ['minItems', checkLeast('minItems', 'array', 'items')],
  ['maxItems', checkMost('maxItems', 'array', 'items')],
  ['uniqueItems', checkUnique],
  ['contains', checkGroup(['contains', 'minContains', 'maxContains'], 'array')],
  ['unevaluatedItems', checkUnevaluated('array')],
  ['allOf', checkAllOf],
  ['anyOf', checkAnyOf],
  ['oneOf', checkOneOf],
  ['not', checkGroup(['not'])],
  ['if', checkGroup(['if', 'then', 'else'])],
])

/** Comparisons of parts, in all and inside each other, after which two schemas count as too large to tell. */
const MOST_COMPARISONS = 3000
const DEEPEST = 250

/**
 * Where a newer schema may refuse what an older one accepts; empty when it provably refuses nothing. Never throws, and
 * ends soon, whatever the schemas are.
 *
 * @param name What the whole value is called: `parameters`.
 */
export function narrowings(older: JsonSchema, newer: JsonSchema, name: string): readonly Narrowing[] {
  const place: Place = { path: [], name }
  if (canonicalJson(older) === canonicalJson(newer)) return []
  if (dialectOf(older) !== dialectOf(newer) || hasAnchors(older) || hasAnchors(newer)) {
    return narrow(place, 'changed in a way that cannot be compared')
  }
  const comparer = createComparer(older, newer)
  return withoutRepeats(comparer.compare([older], newer, place, new Set()))
}

interface Comparer {
  /** `assumed`: the references being followed; a value inside a value is judged like the outer one. */
  compare(
    older: readonly Json[],
    newer: Json,
    place: Place,
    assumed: ReadonlySet<string>,
  ): readonly Narrowing[]
}

function createComparer(olderRoot: JsonSchema, newerRoot: JsonSchema): Comparer {
  const isSame = createSameMeaning(olderRoot, newerRoot)
  let left = MOST_COMPARISONS
  let depth = 0

  const compare: Comparer['compare'] = (given, newer, place, assumed) => {
    left -= 1
    if (left < 0 || depth >= DEEPEST) return narrow(place, 'is too large to compare')
    depth += 1
    const found = compareParts(given, newer, place, assumed)
    depth -= 1
    return found
  }

  const compareParts: Comparer['compare'] = (given, newer, place, assumed) => {
    if (newer === true || given.includes(false) || isAmong(given, newer, isSame)) return []
    const older = conjunctsOf(olderRoot, given)
    if (older === undefined || isAmong(older, newer, isSame)) return []
    const facts = factsOf(older)
    if (facts.kinds.size === 0) return []
    if (!isJsonObject(newer)) return narrow(place, 'is no longer allowed')
    const inside: Comparison['compare'] = (parts, schema, at) => compare(parts, schema, at, assumed)
    const comparison: Comparison = { older, facts, newer, place, isSame, compare: inside }
    const found = [...checkReference(comparison, assumed), ...checkKeywords(comparison)]
    if (found.length === 0) return []
    const isCovered = casesOf(older)?.every((parts) => compare(parts, newer, place, assumed).length === 0)
    return isCovered === true ? [] : found
  }

  const checkReference = (comparison: Comparison, assumed: ReadonlySet<string>): readonly Narrowing[] => {
    const { older, newer, place } = comparison
    const { $ref: reference } = newer
    if (typeof reference !== 'string') return []
    const target = resolvePointer(newerRoot, reference)
    if (target === undefined) return narrow(place, `refers to ${reference}, which cannot be compared`)
    const pair = `${reference} ${canonicalJson(older)}`
    return assumed.has(pair) ? [] : compare(older, target, place, new Set([...assumed, pair]))
  }

  return { compare }
}

function isAmong(older: readonly Json[], newer: Json, isSame: SameMeaning): boolean {
  return older.some((schema) => isSame(schema, newer))
}

function checkKeywords(comparison: Comparison): readonly Narrowing[] {
  return Object.entries(comparison.newer).flatMap(
    ([keyword, value]) => CHECKS.get(keyword)?.(value, comparison) ?? [],
  )
}

/** The older schema form by form, where it has forms: each value fits one of them. */
function casesOf(older: readonly JsonObject[]): readonly (readonly JsonObject[])[] | undefined {
  for (const [index, schema] of older.entries()) {
    for (const keyword of ['anyOf', 'oneOf']) {
      const forms = schema[keyword]
      if (!isJsonArray(forms)) continue
      const rest = withoutKeywords(schema, [keyword])
      return forms.map((form) => [...older.toSpliced(index, 1, rest), ...(isJsonObject(form) ? [form] : [])])
    }
  }
  return undefined
}

function withoutRepeats(found: readonly Narrowing[]): readonly Narrowing[] {
  return [...new Map(found.map((narrowing) => [narrowing.what, narrowing])).values()]
}
