/** When two JSON Schemas mean the same: equal but for annotations and the order of what has none. */
import { canonicalJson } from '../../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'

/** Keywords whose value is one schema (or, in older dialects, a list of them). */
const schemaKeywords: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
])

const listKeywords: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])

const mapKeywords: ReadonlySet<string> = new Set(['dependentSchemas', 'patternProperties', 'properties'])

/** Their values are sets: the order says nothing. */
const setKeywords: ReadonlySet<string> = new Set(['enum', 'required', 'type'])

/** The others that decide whether a value is valid. `format` is an annotation. */
const plainKeywords: ReadonlySet<string> = new Set([
  '$ref',
  'const',
  'dependencies',
  'dependentRequired',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'nullable',
  'pattern',
  'uniqueItems',
])

/** Definitions that references lead to, and the ways to name them that are not followed here. */
const definitionKeywords = ['$defs', 'definitions']
const anchorKeywords = ['$id', '$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveRef']

/** Compares parts of two schemas; references count as the same when all definitions are. */
export type SameMeaning = (older: Json, newer: Json) => boolean

export function createSameMeaning(older: JsonSchema, newer: JsonSchema): SameMeaning {
  const referencesAgree = definitionsOf(older) === definitionsOf(newer)
  const known = new WeakMap<object, string>()
  const essenceText = (schema: Json): string => {
    if (!isJsonObject(schema)) return canonicalJson(schema)
    const text = known.get(schema) ?? canonicalJson(essence(schema))
    known.set(schema, text)
    return text
  }
  return (one, other) => {
    const text = essenceText(one)
    return text === essenceText(other) && (referencesAgree || !text.includes('"$ref":'))
  }
}

/** True when a schema names its parts in ways that only a validator follows. */
export function hasAnchors(schema: JsonSchema): boolean {
  const text = canonicalJson(schema)
  return anchorKeywords.some((keyword) => text.includes(`"${keyword}":`))
}

function definitionsOf(root: JsonSchema): string {
  if (!isJsonObject(root)) return ''
  // A reference may lead anywhere in the document, so anything but definitions must be followed one by one.
  if (/"\$ref":"(?!#\/(?:\$defs|definitions)\/)/.test(canonicalJson(root))) return canonicalJson(root)
  return canonicalJson(definitionKeywords.map((keyword) => essenceOfMap(root[keyword] ?? {})))
}

/** What a schema says about values: without annotations, with sets in order. */
function essence(schema: Json): Json {
  if (isJsonArray(schema)) return schema.map(essence)
  if (!isJsonObject(schema)) return schema
  const members: Record<string, Json> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const kept = essenceOf(keyword, value)
    if (kept !== undefined) members[keyword] = kept
  }
  return Object.keys(members).length === 0 ? true : members
}

function essenceOf(keyword: string, value: Json): Json | undefined {
  if (schemaKeywords.has(keyword) || listKeywords.has(keyword)) return essence(value)
  if (mapKeywords.has(keyword)) return essenceOfMap(value)
  if (setKeywords.has(keyword)) return sorted(value)
  return plainKeywords.has(keyword) ? value : undefined
}

function essenceOfMap(value: Json): Json {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, essence(schema)]))
}

function sorted(value: Json): Json {
  if (!isJsonArray(value)) return [value]
  const entries = value.map((entry) => [canonicalJson(entry), entry] as const)
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}
