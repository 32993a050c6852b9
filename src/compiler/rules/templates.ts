/** Liquid templates are right, and use only variables that are there. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { createTemplateEngine } from '../liquid/template-engine.ts'
import type { TemplateEngine } from '../liquid/template-engine.ts'
import type { TemplateVariable } from '../liquid/template-variables.ts'
import type { JsonSchema } from '../program.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import { argumentsOf, schemaOf } from './argument-schemas.ts'
import type { RuleContext } from './rule-context.ts'
import { findMissingName } from './schema-path.ts'
import type { MissingName } from './schema-path.ts'

/** What a template sees: names, each with the schema of its value. */
type Variables = Readonly<Record<string, JsonSchema>>

const instructionPlaces = patterns('agents.*.instructions', 'agents.*.instructions.template')

const failurePlaces = patterns(
  'TOOL.failure_error_function.message',
  'agents.*.mcp_config.failure_error_function.message',
  'mcp_servers.*.failure_error_function.message',
  'defaults.tools.failure_error_function.message',
  'defaults.mcp_servers.failure_error_function.message',
)

const requestPlaces = patterns('url', 'query.*', 'headers.*', 'body')

export function templates(context: RuleContext): void {
  const engine = createTemplateEngine()
  const { value } = context.document
  const contextSchema = schemaOf(valueAt(value, ['context', 'schema']))
  const agent: JsonSchema = { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false }
  const found = findPlaces(value, instructionPlaces)
  for (const { path, value: text } of found) check(context, engine, path, text, { context: contextSchema, agent, now: true })
  for (const { path, value: text } of findPlaces(value, failurePlaces)) {
    check(context, engine, path, text, { error: true, tool: true, args: true })
  }
  for (const tool of context.scope.tools) {
    const args = argumentsOf(tool)
    const { type } = tool.value
    if (type === 'agent') check(context, engine, [...tool.path, 'input'], tool.value['input'], { args })
    if (type !== 'http') continue
    for (const place of findPlaces(tool.value, requestPlaces)) {
      checkAll(context, engine, [...tool.path, ...place.path], place.value, { args, context: contextSchema })
    }
  }
}

/** Every text in a structure. */
function checkAll(context: RuleContext, engine: TemplateEngine, path: Path, value: Json, variables: Variables): void {
  check(context, engine, path, value, variables)
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => checkAll(context, engine, [...path, index], item, variables))
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) checkAll(context, engine, [...path, key], item, variables)
  }
}

function check(
  context: RuleContext,
  engine: TemplateEngine,
  path: Path,
  text: Json | undefined,
  variables: Variables,
): void {
  if (typeof text !== 'string' || !text.includes('{')) return
  const checked = engine.check(text)
  for (const { message, start, end } of checked.issues) {
    context.report('AS4012', { detail: message }, { path, within: [start, end] })
  }
  for (const variable of checked.variables) checkVariable(context, path, text, variable, variables)
}

function checkVariable(
  context: RuleContext,
  path: Path,
  text: string,
  variable: TemplateVariable,
  variables: Variables,
): void {
  const missing = findMissing(variable.path, variables)
  if (missing === undefined) return
  const { index, known } = missing
  const name = variable.path.slice(0, index + 1).join('.')
  const near = suggest(missing.name, known)
  const suggestion = near === undefined ? undefined : [...variable.path.slice(0, index), near].join('.')
  const written = text.slice(variable.start, variable.end)
  const end = written.startsWith(name) ? variable.start + name.length : variable.end
  context.report('AS4013', { name, suggestion, known }, { path, within: [variable.start, end] })
}

function findMissing([root = '', ...rest]: readonly string[], variables: Variables): MissingName | undefined {
  const schema = Object.hasOwn(variables, root) ? variables[root] : undefined
  if (schema === undefined) return { index: 0, name: root, known: Object.keys(variables) }
  const missing = findMissingName(schema, rest)
  return missing && { ...missing, index: missing.index + 1 }
}
