/** Liquid templates are right, and use only variables that are there. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { plainVariables } from '../liquid/plain-template.ts'
import type { TemplateVariable } from '../liquid/template-variables.ts'
import type { JsonSchema } from '../program.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { Found } from '../resolve/places.ts'
import { argumentsOf, schemaOf } from './argument-schemas.ts'
import type { RuleContext } from './rule-context.ts'
import type { Definition } from './scope.ts'
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

/** The template library is loaded only for templates that do more than name variables. */
export async function templates(context: RuleContext): Promise<void> {
  const others = templatesOf(context).filter((template) => !checkPlainly(context, template))
  if (others.length === 0) return
  const { createTemplateEngine } = await import('../liquid/template-engine.ts')
  const engine = createTemplateEngine()
  for (const { path, text, variables } of others) {
    const checked = engine.check(text)
    for (const { message, start, end } of checked.issues) {
      context.report('AS4012', { detail: message }, { path, within: [start, end] })
    }
    for (const variable of checked.variables) checkVariable(context, path, variable, variables)
  }
}

/** A template, and what it sees. */
interface Template {
  readonly path: Path
  readonly text: string
  readonly variables: Variables
}

function templatesOf({ document, scope }: RuleContext): readonly Template[] {
  const { value } = document
  const contextSchema = schemaOf(valueAt(value, ['context', 'schema']))
  const instructions = { context: contextSchema, agent: agentSchema, now: true }
  const failure = { error: true, tool: true, args: true }
  return [
    ...findPlaces(value, instructionPlaces).flatMap((found) => templateAt(found, instructions)),
    ...findPlaces(value, failurePlaces).flatMap((found) => templateAt(found, failure)),
    ...scope.tools.flatMap((tool) => templatesOfTool(tool, contextSchema)),
  ]
}

function templatesOfTool(tool: Definition, contextSchema: JsonSchema): readonly Template[] {
  const args = argumentsOf(tool)
  const { type, input } = tool.value
  if (type === 'agent' && input !== undefined)
    return templateAt({ path: [...tool.path, 'input'], value: input }, { args })
  if (type !== 'http') return []
  return findPlaces(tool.value, requestPlaces).flatMap(({ path, value }) =>
    templatesIn({ path: [...tool.path, ...path], value }, { args, context: contextSchema }),
  )
}

const agentSchema: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  additionalProperties: false,
}

/** Every text in a structure. */
function templatesIn({ path, value }: Found, variables: Variables): readonly Template[] {
  if (isJsonArray(value))
    return value.flatMap((item, index) => templatesIn({ path: [...path, index], value: item }, variables))
  if (!isJsonObject(value)) return templateAt({ path, value }, variables)
  return Object.entries(value).flatMap(([key, item]) =>
    templatesIn({ path: [...path, key], value: item }, variables),
  )
}

function templateAt({ path, value }: Found, variables: Variables): readonly Template[] {
  return typeof value === 'string' && value.includes('{') ? [{ path, text: value, variables }] : []
}

/** False for a template that needs the library. */
function checkPlainly(context: RuleContext, { path, text, variables }: Template): boolean {
  const used = plainVariables(text)
  for (const variable of used ?? []) checkVariable(context, path, variable, variables)
  return used !== undefined
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
