/** The LinkedSpec of a Program: engines for expressions, templates, schemas, models and modules, loaded when first used. */
import { resolve } from 'node:path'
import type { CelEnvironment } from '../../compiler/cel/environment.ts'
import type { CompiledExpression } from '../../compiler/cel/expression.ts'
import { callVariables, guardrailVariables, turnVariables } from '../../compiler/cel/variables.ts'
import type { CelVariables } from '../../compiler/cel/variables.ts'
import type { SchemaValidator } from '../../compiler/json-schema/schema-validator.ts'
import type { TemplateEngine } from '../../compiler/liquid/template-engine.ts'
import type { HttpMethod } from '../../compiler/http-tool.ts'
import { patchOperation } from '../../compiler/local-tools.ts'
import type { JsonSchema, Program, ToolDefinition } from '../../compiler/program.ts'
import { assertNever, invariant } from '../../util/invariant.ts'
import { lazy } from '../../util/lazy.ts'
import { createModel } from '../models/create-model.ts'
import type { Model } from '../models/model.ts'
import { resolveHandler } from '../modules/module-loader.ts'
import type { ModuleLoader, ModuleSet } from '../modules/module-loader.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Doubles } from './doubles.ts'
import { createOfferedFunctions } from './offered-functions.ts'
import type { ExpressionPlace, Handler, LinkedModel, LinkedSpec, Pattern } from './linked-spec.ts'
import { createIsolatedHandlers } from '../isolation/isolated-handlers.ts'
import type { HttpRequest, RequestScope } from '../tools/http/render-request.ts'
import type { RequestTemplate } from '../tools/http/request-template.ts'
import type { LinkedProgram } from './link.ts'
import { modelDefinition, selectModel } from './select-model.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { SpecReference } from '../state/events.ts'

export interface LinkedSpecParts {
  /** With `${VAR}` resolved. */
  readonly program: Program
  readonly reference: SpecReference
  readonly redactor: Redactor
  readonly variables: Readonly<Record<string, string>>
  /** In place of those the spec names. */
  readonly models: Readonly<Record<string, Model>>
  /** In place of what the spec says, for tests. */
  readonly doubles?: Doubles
  readonly requests: LinkedProgram['requests']
  /** By default what `connect` makes. */
  readonly serverConnection?: LinkedSpec['serverConnection']
  readonly loader: ModuleLoader
  readonly modules: ModuleSet
}

export function createLinkedSpec(parts: LinkedSpecParts): LinkedSpec {
  const { program, loader, modules } = parts
  const validator = lazy(loadValidator)
  const templates = lazy(loadTemplates)
  const conditions = createConditions(program)
  const requests = lazy(loadRequests)
  const models = createModels(parts)
  return {
    reference: parts.reference,
    program,
    redactor: parts.redactor,
    // Of a spec that marks nothing as sensitive; a run of another one has its own (`redaction/sensitive-context.ts`).
    reveal: (context) => context,
    hide: (context) => context,
    variables: parts.variables,
    folder: resolve(modules.baseDir),
    serverConnection: parts.serverConnection ?? ((order, connect) => connect(order)),
    ...createOfferedFunctions(),
    models: async (agent, options) => {
      const first = models(selectModel(program, agent, options))
      const all = [first, ...first.definition.fallback.map(models)]
      for (const { model } of all) await model.prepare?.()
      return all
    },
    async instructions(agent, context, now) {
      const { instructions } = agentOf(program, agent)
      if (instructions === undefined) return null
      if ('handler' in instructions || 'mcp_prompt' in instructions) return null
      if (!instructions.template.includes('{')) return instructions.template
      const engine = await templates()
      return engine.render(instructions.template, { context, agent: { name: agent }, now: now.toISOString() })
    },
    condition: async (expression, place, scope) => {
      const { evaluateCondition } = await import('../../compiler/cel/expression.ts')
      return evaluateCondition(await conditions(expression, place), { ...scope })
    },
    value: async (expression, place, scope) => {
      const { evaluateJson } = await import('../../compiler/cel/expression.ts')
      return evaluateJson(await conditions(expression, place), { ...scope })
    },
    pattern: createPatterns(),
    double: (key) => {
      const tools = parts.doubles?.tools ?? {}
      return Object.hasOwn(tools, key) ? tools[key] : undefined
    },
    handler: createHandlers(loader, modules),
    isolatedHandler: createIsolatedHandlers(modules),
    request: async (key, scope) => {
      const [tool, template] = [program.tools[key], parts.requests[key]]
      invariant(tool?.type === 'http' && template !== undefined, `${key} is an HTTP tool of a linked spec`)
      return (await requests())(tool.method, template, scope)
    },
    renderMessage: async (template, scope) => (await templates()).render(template, scope),
    validate: async (schema, value) => (await validator()).validate(schema, value),
  }
}

/** The functions of tool modules, each looked up once: even an import of a loaded module is work for every call. */
function createHandlers(loader: ModuleLoader, modules: ModuleSet): LinkedSpec['handler'] {
  const handlers = new Map<string, Handler>()
  return async (reference) => {
    const known = handlers.get(reference)
    if (known !== undefined) return known
    const handler = await resolveHandler(loader, modules, reference)
    handlers.set(reference, handler)
    return handler
  }
}

async function loadValidator(): Promise<SchemaValidator> {
  const { createSchemaValidator } = await import('../../compiler/json-schema/schema-validator.ts')
  return createSchemaValidator()
}

async function loadTemplates(): Promise<TemplateEngine> {
  const { createTemplateEngine } = await import('../../compiler/liquid/template-engine.ts')
  return createTemplateEngine()
}

/** Makes the requests of HTTP tools. */
type RenderRequest = (method: HttpMethod, template: RequestTemplate, scope: RequestScope) => HttpRequest

async function loadRequests(): Promise<RenderRequest> {
  const { createTemplateEngine } = await import('../../compiler/liquid/template-engine.ts')
  const { encodePart, renderRequest } = await import('../tools/http/render-request.ts')
  const engines = { text: createTemplateEngine(), url: createTemplateEngine(encodePart) }
  return (method, template, scope) => renderRequest(method, template, engines, scope)
}

/** Compiled conditions by place and expression; the environment of a tool knows its parameters and the context. */
function createConditions(
  program: Program,
): (expression: string, place: ExpressionPlace) => Promise<CompiledExpression> {
  const environments = new Map<string, CelEnvironment>()
  const compiled = new Map<string, CompiledExpression>()
  return async (expression, place) => {
    const where = JSON.stringify(place)
    const id = JSON.stringify([where, expression])
    const known = compiled.get(id)
    if (known !== undefined) return known
    const { createCelEnvironment } = await import('../../compiler/cel/environment.ts')
    const variables = { ...variablesOf(program, place), context: program.context.schema ?? true }
    const environment = environments.get(where) ?? createCelEnvironment(variables)
    environments.set(where, environment)
    const expressionCompiled = environment.compile(expression)
    compiled.set(id, expressionCompiled)
    return expressionCompiled
  }
}

function variablesOf(program: Program, place: ExpressionPlace): CelVariables {
  switch (place.about) {
    case 'turn':
      return turnVariables
    case 'call': {
      const tool = program.tools[place.key]
      return { ...callVariables, args: argumentsOf(tool) }
    }
    case 'guardrail': {
      const guardrail = program.guardrails[place.guardrail]
      if (guardrail?.type !== 'agent') return guardrailVariables
      return { ...guardrailVariables, output: agentOf(program, guardrail.agent).output?.schema ?? true }
    }
    default:
      return assertNever(place)
  }
}

/** What rules see as `args`: of a patch, one operation. */
function argumentsOf(tool: ToolDefinition | undefined): JsonSchema {
  if (tool?.type === 'apply_patch') return patchOperation
  return tool !== undefined && 'parameters' in tool ? tool.parameters : true
}

/** Patterns by their text. */
function createPatterns(): (pattern: string) => Promise<Pattern> {
  const prepared = new Map<string, Pattern>()
  return async (pattern) => {
    const known = prepared.get(pattern)
    if (known !== undefined) return known
    const { RE2JS } = await import('re2js')
    const created = RE2JS.compile(pattern)
    prepared.set(pattern, created)
    return created
  }
}

/** Models by name, so that connections are reused. */
function createModels(parts: LinkedSpecParts): (name: string) => LinkedModel {
  const models = new Map<string, LinkedModel>()
  return (name) => {
    const known = models.get(name)
    if (known !== undefined) return known
    const definition = modelDefinition(parts.program, name)
    const given = Object.hasOwn(parts.models, name) ? parts.models[name] : undefined
    const create = (): Model => given ?? createModel(definition, name, parts.variables, parts.modules.baseDir)
    const model = parts.doubles?.model?.({ name, definition, create }) ?? create()
    const entry = { model, definition }
    models.set(name, entry)
    return entry
  }
}
