/** The keywords that combine schemas, and those that are only understood when they stay as they are. */
import { isJsonArray } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { narrow } from './comparison.ts'
import type { Comparison, KeywordCheck, Narrowing } from './comparison.ts'
import type { Kind } from './facts.ts'

export const checkAllOf: KeywordCheck = (value, { older, place, compare }) => {
  if (!isJsonArray(value)) return []
  return value.flatMap((schema, index) =>
    compare(older, schema, { ...place, path: [...place.path, 'allOf', index] }),
  )
}

/** One of the forms accepts everything, or every kind of older value fits one. */
export const checkAnyOf: KeywordCheck = (value, comparison) => {
  const { facts, older, place } = comparison
  if (!isJsonArray(value) || acceptsOne(value, older, comparison)) return []
  const types = [...new Set([...facts.kinds].map(typeOf))]
  const isCovered =
    types.length > 1 && types.every((type) => acceptsOne(value, [...older, { type }], comparison))
  return isCovered ? [] : narrow(place, 'no longer accepts all the forms it did')
}

/** That a value fits exactly one form is only known when the forms are the same. */
export const checkOneOf: KeywordCheck = (_value, comparison) =>
  isGroupSame(['oneOf'], comparison) ? [] : narrow(comparison.place, 'accepts other forms than before')

/** Keywords that say something together, about values of one kind; nothing is known of them unless they are the same. */
export function checkGroup(keywords: readonly string[], kind?: Kind): KeywordCheck {
  return (_value, comparison): readonly Narrowing[] => {
    if (kind !== undefined && !comparison.facts.kinds.has(kind)) return []
    if (isGroupSame(keywords, comparison)) return []
    return narrow(comparison.place, `is restricted in another way (${keywords[0]})`)
  }
}

/** What is left over depends on everything around it, so only a schema that is the same as a whole is known to be. */
export function checkUnevaluated(kind: Kind): KeywordCheck {
  return (value, { facts, place }) =>
    value === true || !facts.kinds.has(kind)
      ? []
      : narrow(place, 'is restricted in another way (unevaluated parts)')
}

function acceptsOne(forms: readonly Json[], older: readonly JsonObject[], comparison: Comparison): boolean {
  return forms.some((form) => comparison.compare(older, form, comparison.place).length === 0)
}

function isGroupSame(keywords: readonly string[], { older, newer, isSame }: Comparison): boolean {
  const wanted = pick(newer, keywords)
  return older.some((schema) => isSame(pick(schema, keywords), wanted))
}

function pick(schema: JsonObject, keywords: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keywords.includes(keyword)))
}

function typeOf(kind: Kind): string {
  return kind === 'integer' || kind === 'fraction' ? 'number' : kind
}
