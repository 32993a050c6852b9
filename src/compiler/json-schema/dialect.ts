/** What can be said of a JSON Schema before it is compiled: its dialect, and what we refuse or watch. */
import { isJsonObject, type Json, type JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { SENSITIVE } from './sensitive.ts'

export type Dialect = '2020-12' | 'draft-07'

/** The dialect a schema is read as: `draft-07` for `$schema` of draft 6 and 7, else 2020-12. */
export function dialectOf(schema: JsonSchema): Dialect {
  const name = isJsonObject(schema) ? schema['$schema'] : undefined
  return typeof name === 'string' && /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/.test(name)
    ? 'draft-07'
    : '2020-12'
}

/** False when `$schema` names a dialect that we do not read. */
export function isKnownDialect(schema: JsonSchema): boolean {
  return unknownDialect(schema).length === 0
}

export interface SchemaSurvey {
  readonly issues: readonly SchemaIssue[]
  /** Validating may take long for some values: regular expressions, references. */
  readonly slow: boolean
}

/** Looks at every part of a schema. */
export function surveySchema(schema: JsonSchema): SchemaSurvey {
  const issues: SchemaIssue[] = [...unknownDialect(schema)]
  let slow = false
  for (const [part, pointer] of partsOf(schema)) {
    slow ||= slowKeywords.some((keyword) => Object.hasOwn(part, keyword))
    issues.push(...patternIssues(part, pointer), ...asyncIssues(part, pointer), ...markIssues(part, pointer))
  }
  return { issues, slow }
}

/** The pointer of the first `$ref` (or `$dynamicRef`) that ends as `reference` does; empty when there is none. */
export function findReference(schema: JsonSchema, reference: string): string {
  for (const [part, pointer] of partsOf(schema)) {
    for (const keyword of ['$ref', '$dynamicRef']) {
      const written = part[keyword]
      if (typeof written === 'string' && reference.endsWith(written)) return `${pointer}/${keyword}`
    }
  }
  return ''
}

/** Every object of a schema but those inside example values. Not recursive: a schema may be nested to any depth. */
function* partsOf(schema: JsonSchema): Generator<readonly [part: JsonObject, pointer: string]> {
  const pending: { value: Json; pointer: string }[] = [{ value: schema, pointer: '' }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, pointer } = next
    if (isList(value))
      value.forEach((item, index) => pending.push({ value: item, pointer: `${pointer}/${index}` }))
    if (!isJsonObject(value)) continue
    yield [value, pointer]
    for (const [key, item] of Object.entries(value)) {
      if (!dataKeywords.has(key)) pending.push({ value: item, pointer: `${pointer}/${escapePart(key)}` })
    }
  }
}

/** Their values are data. (A property of such a name is passed over too: only these surveys look at less.) */
const dataKeywords: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples'])

const slowKeywords = ['pattern', 'patternProperties', '$ref', '$dynamicRef', 'uniqueItems']

function unknownDialect(schema: JsonSchema): readonly SchemaIssue[] {
  const name = isJsonObject(schema) ? schema['$schema'] : undefined
  if (name === undefined || dialectOf(schema) === 'draft-07') return []
  if (typeof name === 'string' && /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(name))
    return []
  const message = `$schema: expected "https://json-schema.org/draft/2020-12/schema" or draft-07, got ${JSON.stringify(name)}`
  return [{ pointer: '/$schema', message }]
}

function patternIssues(schema: JsonObject, pointer: string): readonly SchemaIssue[] {
  const { pattern, patternProperties } = schema
  const patterns: (readonly [string, string])[] = []
  if (typeof pattern === 'string') patterns.push([`${pointer}/pattern`, pattern])
  for (const key of isJsonObject(patternProperties) ? Object.keys(patternProperties) : []) {
    patterns.push([`${pointer}/patternProperties/${escapePart(key)}`, key])
  }
  return patterns.flatMap(([place, text]) => {
    try {
      createPattern(text)
      return []
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : ''
      return [{ pointer: place, message: `${JSON.stringify(text)} is not a regular expression: ${reason}` }]
    }
  })
}

/** A `pattern` as JSON Schema means it (with Unicode), or as many people write it (escapes that Unicode forbids). */
export function createPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch {
    return new RegExp(text)
  }
}

/** ajv answers such a schema with a promise, which nobody would wait for. */
function asyncIssues(schema: JsonObject, pointer: string): readonly SchemaIssue[] {
  if (!Object.hasOwn(schema, '$async')) return []
  return [{ pointer: `${pointer}/$async`, message: '"$async" is not supported' }]
}

/** An object is the schema of a property of that name. */
function markIssues(schema: JsonObject, pointer: string): readonly SchemaIssue[] {
  const mark = schema[SENSITIVE]
  if (mark === undefined || typeof mark === 'boolean' || isJsonObject(mark)) return []
  const message = `"${SENSITIVE}" is true or false, not ${JSON.stringify(mark)}`
  return [{ pointer: `${pointer}/${SENSITIVE}`, message }]
}

function escapePart(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
