/** Liquid templates are right, and use only variables that are there. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { createTemplateEngine } from '../liquid/template-engine.ts'
import type { TemplateEngine } from '../liquid/template-engine.ts'
import type { TemplateVariable } from '../liquid/template-variables.ts'
import type { JsonSchema } from '../program.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { Found } from '../resolve/places.ts'
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
  const checker: Checker = { context, engine: createTemplateEngine() }
  const { value } = context.document
  const contextSchema = schemaOf(valueAt(value, ['context', 'schema']))
  const instructions = { context: contextSchema, agent: agentSchema, now: true }
  for (const place of findPlaces(value, instructionPlaces)) check(checker, place, instructions)
  for (const place of findPlaces(value, failurePlaces))
    check(checker, place, { error: true, tool: true, args: true })
  for (const tool of context.scope.tools) {
    const args = argumentsOf(tool)
    const { type, input } = tool.value
    if (type === 'agent' && input !== undefined)
      check(checker, { path: [...tool.path, 'input'], value: input }, { args })
    if (type !== 'http') continue
    for (const { path, value: part } of findPlaces(tool.value, requestPlaces)) {
      checkAll(checker, { path: [...tool.path, ...path], value: part }, { args, context: contextSchema })
    }
  }
}

const agentSchema: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  additionalProperties: false,
}

interface Checker {
  readonly context: RuleContext
  readonly engine: TemplateEngine
}

/** Every text in a structure. */
function checkAll(checker: Checker, found: Found, variables: Variables): void {
  const { path, value } = found
  check(checker, found, variables)
  if (isJsonArray(value)) {
    for (const [index, item] of value.entries())
      checkAll(checker, { path: [...path, index], value: item }, variables)
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value))
      checkAll(checker, { path: [...path, key], value: item }, variables)
  }
}

function check({ context, engine }: Checker, { path, value }: Found, variables: Variables): void {
  if (typeof value !== 'string' || !value.includes('{')) return
  const checked = engine.check(value)
  for (const { message, start, end } of checked.issues) {
    context.report('AS4012', { detail: message }, { path, within: [start, end] })
  }
  for (const variable of checked.variables) checkVariable(context, path, variable, variables)
}

function checkVariable(
  context: RuleContext,
  path: Path,
  variable: TemplateVariable,
  variables: Variables,
): void {
  const missing = findMissing(variable.path, variables)
  if (missing === undefined) return
  const { index, known } = missing
  const name = variable.path.slice(0, index + 1).join('.')
  const near = suggest(missing.name, known)
  const suggestion = near === undefined ? undefined : [...variable.path.slice(0, index), near].join('.')
  const end = Math.min(variable.end, variable.start + name.length)
  context.report('AS4013', { name, suggestion, known }, { path, within: [variable.start, end] })
}

function findMissing([root = '', ...rest]: readonly string[], variables: Variables): MissingName | undefined {
  const schema = Object.hasOwn(variables, root) ? variables[root] : undefined
  if (schema === undefined) return { index: 0, name: root, known: Object.keys(variables) }
  const missing = findMissingName(schema, rest)
  return missing && { ...missing, index: missing.index + 1 }
}
