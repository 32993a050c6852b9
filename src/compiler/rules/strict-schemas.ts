/** A schema that is sent in strict mode is one that strict mode accepts. */
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { listNames } from '../../spec/did-you-mean.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, members } from './scope.ts'

export function strictSchemas(context: RuleContext): void {
  for (const { path, value } of context.scope.tools) {
    const isSent = value['type'] === 'function' || value['type'] === 'agent'
    if (isSent && value['strict'] !== false) checkRoot(context, [...path, 'parameters'], value['parameters'])
  }
  for (const { path, value } of context.scope.definitions('agents')) {
    const output = value['output']
    if (!isJsonObject(output) || output['strict'] === false) continue
    checkRoot(context, [...path, 'output', 'schema'], output['schema'])
  }
}

function checkRoot(context: RuleContext, path: Path, schema: Json | undefined): void {
  if (!isJsonObject(schema) || typeof schema['file'] === 'string') return
  if (schema['anyOf'] !== undefined) say(context, [...path, 'anyOf'], 'has no "anyOf" at the root')
  else if (schema['type'] !== 'object') say(context, path, 'wants "type: object" at the root')
  checkSchema(context, path, schema)
}

/** Keywords that strict mode refuses anywhere. */
const refused = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas']

function checkSchema(context: RuleContext, path: Path, schema: Json): void {
  if (!isJsonObject(schema)) return
  for (const keyword of refused) {
    if (schema[keyword] !== undefined) say(context, [...path, keyword], `has no "${keyword}"`)
  }
  checkObject(context, path, schema)
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const [name, inner] of members(schema[key])) checkSchema(context, [...path, key, name], inner)
  }
  for (const [index, inner] of listItems(schema['anyOf']))
    checkSchema(context, [...path, 'anyOf', index], inner)
  if (schema['items'] !== undefined) checkSchema(context, [...path, 'items'], schema['items'])
}

function checkObject(context: RuleContext, path: Path, schema: JsonObject): void {
  const { type, properties, additionalProperties } = schema
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'))
  if (!isObject && properties === undefined) return
  if (additionalProperties !== false) say(context, path, 'wants "additionalProperties: false" in every object')
  const required = listItems(schema['required']).map(([, name]) => name)
  const optional = members(properties).flatMap(([name]) => (required.includes(name) ? [] : [name]))
  if (optional.length === 0) return
  say(context, path, `wants every property under "required": ${listNames(optional)} ${optional.length === 1 ? 'is' : 'are'} not`)
}

function say(context: RuleContext, path: Path, rule: string): void {
  context.report('AS4024', { rule }, { path, part: 'key' })
}
