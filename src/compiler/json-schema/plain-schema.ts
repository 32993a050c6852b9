/**
 * Recognizes JSON Schemas that are certainly right, at a glance: those made of common keywords, each with a value of
 * its kind, and with references to their own definitions. Everything else is left to the real validator, which takes
 * far longer to load and to prepare.
 */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'
import { createPattern, isKnownDialect } from './dialect.ts'
import { SENSITIVE } from './sensitive.ts'

/**
 * True only for a schema that is valid in both dialects and can be compiled. False says nothing: such a schema may be
 * right, too.
 */
export function isPlainSchema(schema: JsonSchema): boolean {
  return isJsonObject(schema) && isKnownDialect(schema)
    ? isPlainObject(withoutDialect(schema), schema, 1)
    : typeof schema === 'boolean'
}

const maxDepth = 64

function withoutDialect({ $schema: _, ...plain }: JsonObject): JsonObject {
  return plain
}

function isPlainObject(schema: JsonObject, root: JsonObject, depth: number): boolean {
  if (depth > maxDepth) return false
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    const isRight = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
    if (value === undefined || isRight === undefined || !isRight(value, root, depth)) return false
  }
  return true
}

/** Whether a keyword has a value of its kind. */
type Check = (value: Json, root: JsonObject, depth: number) => boolean

const isSchema: Check = (value, root, depth) =>
  typeof value === 'boolean' || (isJsonObject(value) && isPlainObject(value, root, depth + 1))

const isSchemaList: Check = (value, root, depth) =>
  isJsonArray(value) && value.length > 0 && value.every((item) => isSchema(item, root, depth))

const isSchemaMap: Check = (value, root, depth) =>
  isJsonObject(value) &&
  Object.keys(value).every((key) => key !== '__proto__' && isSchema(value[key] ?? null, root, depth))

/** `$id` and its like would be taken for more than names. */
const isDefinitions: Check = (value, root, depth) =>
  isSchemaMap(value, root, depth) &&
  isJsonObject(value) &&
  !Object.keys(value).some((key) => key.startsWith('$'))

const isPatternMap: Check = (value, root, depth) =>
  isSchemaMap(value, root, depth) && isJsonObject(value) && Object.keys(value).every(isPattern)

/** To the whole schema, or to a definition that is not itself a reference (two could lead to each other). */
const isOwnReference: Check = (value, root) => {
  if (value === '#') return !Object.hasOwn(root, '$ref')
  const [, section, name] =
    typeof value === 'string' ? (/^#\/(\$defs|definitions)\/(\w+)$/.exec(value) ?? []) : []
  const definitions = section === undefined || !Object.hasOwn(root, section) ? undefined : root[section]
  if (name === undefined || !isJsonObject(definitions) || !Object.hasOwn(definitions, name)) return false
  const definition = definitions[name]
  return isJsonObject(definition) && !Object.hasOwn(definition, '$ref')
}

const isText: Check = (value) => typeof value === 'string'
const isBoolean: Check = (value) => typeof value === 'boolean'
const isNumber: Check = (value) => typeof value === 'number'
const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0
const isAnything: Check = () => true

function isPattern(value: Json): boolean {
  if (typeof value !== 'string') return false
  try {
    createPattern(value)
    return true
  } catch {
    return false
  }
}

const typeNames: ReadonlySet<Json> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
])

const isType: Check = (value) =>
  isJsonArray(value)
    ? value.length > 0 && isUnique(value) && value.every((name) => typeNames.has(name))
    : typeNames.has(value)

const isNames: Check = (value) =>
  isJsonArray(value) && isUnique(value) && value.every((name) => typeof name === 'string')

function isUnique(values: readonly Json[]): boolean {
  return new Set(values).size === values.length
}

const keywords: Readonly<Record<string, Check>> = {
  $comment: isText,
  $defs: isDefinitions,
  $ref: isOwnReference,
  additionalProperties: isSchema,
  allOf: isSchemaList,
  anyOf: isSchemaList,
  const: isAnything,
  contains: isSchema,
  default: isAnything,
  definitions: isDefinitions,
  deprecated: isBoolean,
  description: isText,
  else: isSchema,
  enum: (value) => isJsonArray(value) && value.length > 0,
  examples: (value) => isJsonArray(value),
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  format: isText,
  if: isSchema,
  items: isSchema,
  maxItems: isCount,
  maxLength: isCount,
  maxProperties: isCount,
  maximum: isNumber,
  minItems: isCount,
  minLength: isCount,
  minProperties: isCount,
  minimum: isNumber,
  multipleOf: (value) => typeof value === 'number' && value > 0,
  not: isSchema,
  oneOf: isSchemaList,
  pattern: isPattern,
  patternProperties: isPatternMap,
  prefixItems: isSchemaList,
  properties: isSchemaMap,
  propertyNames: isSchema,
  readOnly: isBoolean,
  required: isNames,
  then: isSchema,
  title: isText,
  type: isType,
  uniqueItems: isBoolean,
  writeOnly: isBoolean,
  [SENSITIVE]: isBoolean,
}
