/** A schema that is sent in strict mode is one that strict mode accepts. */
import { listNames } from '../../spec/did-you-mean.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { isPlainSchema } from '../json-schema/plain-schema.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, members } from './scope.ts'

/** The validator is loaded only for a schema with findings that is not plainly valid: one that is broken has others. */
export async function strictSchemas(context: RuleContext): Promise<void> {
  for (const { path, schema } of strictSchemasOf(context)) {
    const findings = problemsOf(path, schema)
    if (findings.length === 0 || !(await isValid(schema))) continue
    for (const { path: at, rule } of findings) context.report('AS4024', { rule }, { path: at, part: 'key' })
  }
}

interface StrictSchema {
  readonly path: Path
  readonly schema: JsonObject
}

/** A function and an output are strict unless they say otherwise. A file that could not be read is no schema. */
function strictSchemasOf({ scope }: RuleContext): readonly StrictSchema[] {
  const tools = scope.tools
    .filter(({ value }) => value['type'] === 'function')
    .map(({ path, value }) => ({ path, owner: value, key: 'parameters' }))
  const outputs = scope
    .definitions('agents')
    .flatMap(({ path, value: { output } }) =>
      isJsonObject(output) ? [{ path: [...path, 'output'], owner: output, key: 'schema' }] : [],
    )
  return [...tools, ...outputs].flatMap(({ path, owner, key }) => {
    const schema = owner[key]
    const isSent = owner['strict'] !== false && isJsonObject(schema) && typeof schema['file'] !== 'string'
    return isSent ? [{ path: [...path, key], schema }] : []
  })
}

async function isValid(schema: JsonObject): Promise<boolean> {
  if (isPlainSchema(schema)) return true
  const { createSchemaValidator } = await import('../json-schema/schema-validator.ts')
  const validator = await createSchemaValidator()
  return validator.checkSchema(schema).length === 0
}

interface Problem {
  readonly path: Path
  /** What strict mode wants, after the words "Strict mode". */
  readonly rule: string
}

function problemsOf(path: Path, schema: JsonObject): readonly Problem[] {
  const inner = schemaProblems(path, schema)
  if (schema['anyOf'] !== undefined)
    return [{ path: [...path, 'anyOf'], rule: 'has no "anyOf" at the root' }, ...inner]
  if (schema['type'] !== 'object') return [{ path, rule: 'wants "type: object" at the root' }, ...inner]
  return inner
}

/** Keywords that strict mode refuses anywhere. */
const refused = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas']

function schemaProblems(path: Path, schema: Json): readonly Problem[] {
  if (!isJsonObject(schema)) return []
  const keywords = refused
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => ({ path: [...path, keyword], rule: `has no "${keyword}"` }))
  const named = ['properties', '$defs', 'definitions'].flatMap((key) =>
    members(schema[key]).flatMap(([name, inner]) => schemaProblems([...path, key, name], inner)),
  )
  const choices = listItems(schema['anyOf']).flatMap(([index, inner]) =>
    schemaProblems([...path, 'anyOf', index], inner),
  )
  const items = schema['items'] === undefined ? [] : schemaProblems([...path, 'items'], schema['items'])
  return [...keywords, ...objectProblems(path, schema), ...named, ...choices, ...items]
}

function objectProblems(path: Path, schema: JsonObject): readonly Problem[] {
  const { type, properties, additionalProperties } = schema
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'))
  if (!isObject && properties === undefined) return []
  const required = new Set(listItems(schema['required']).map(([, name]) => name))
  const optional = members(properties).flatMap(([name]) => (required.has(name) ? [] : [name]))
  const missing = `${listNames(optional)} ${optional.length === 1 ? 'is' : 'are'} not`
  return [
    ...(additionalProperties === false
      ? []
      : [{ path, rule: 'wants "additionalProperties: false" in every object' }]),
    ...(optional.length === 0 ? [] : [{ path, rule: `wants every property under "required": ${missing}` }]),
  ]
}
