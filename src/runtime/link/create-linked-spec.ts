/** The LinkedSpec of a Program: engines for expressions, templates, schemas, models and modules, loaded when first used. */
import type { CelEnvironment } from '../../compiler/cel/environment.ts'
import type { CompiledExpression } from '../../compiler/cel/expression.ts'
import { callVariables, guardrailVariables, turnVariables } from '../../compiler/cel/variables.ts'
import type { CelVariables } from '../../compiler/cel/variables.ts'
import type { SchemaValidator } from '../../compiler/json-schema/schema-validator.ts'
import type { TemplateEngine } from '../../compiler/liquid/template-engine.ts'
import type { Program } from '../../compiler/program.ts'
import { assertNever, invariant } from '../../util/invariant.ts'
import { lazy } from '../../util/lazy.ts'
import { createModel } from '../models/create-model.ts'
import { parseModelReference } from '../models/model-reference.ts'
import { resolveHandler } from '../modules/module-loader.ts'
import type { ModuleLoader, ModuleSet } from '../modules/module-loader.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { ExpressionPlace, LinkedModel, LinkedSpec, Pattern } from './linked-spec.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { RunOptions, SpecReference } from '../state/events.ts'

export interface LinkedSpecParts {
  /** With `${VAR}` resolved. */
  readonly program: Program
  readonly reference: SpecReference
  readonly redactor: Redactor
  readonly variables: Readonly<Record<string, string>>
  readonly loader: ModuleLoader
  readonly modules: ModuleSet
}

export function createLinkedSpec(parts: LinkedSpecParts): LinkedSpec {
  const { program, loader, modules } = parts
  const validator = lazy(loadValidator)
  const templates = lazy(loadTemplates)
  const conditions = createConditions(program)
  const models = createModels(parts)
  return {
    reference: parts.reference,
    program,
    redactor: parts.redactor,
    models: async (agent, options) => {
      const first = models(selectModel(program, agent, options))
      return [first, ...first.definition.fallback.map(models)]
    },
    async instructions(agent, context, now) {
      const { instructions } = agentOf(program, agent)
      if (instructions === undefined) return null
      if ('handler' in instructions) return null
      invariant('template' in instructions, 'other instructions are refused before a run starts')
      if (!instructions.template.includes('{')) return instructions.template
      const engine = await templates()
      return engine.render(instructions.template, { context, agent: { name: agent }, now: now.toISOString() })
    },
    condition: async (expression, place, scope) => {
      const { evaluateCondition } = await import('../../compiler/cel/expression.ts')
      return evaluateCondition(await conditions(expression, place), { ...scope })
    },
    pattern: createPatterns(),
    handler: (reference) => resolveHandler(loader, modules, reference),
    renderMessage: async (template, scope) => (await templates()).render(template, scope),
    validate: async (schema, value) => (await validator()).validate(schema, value),
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
      const args = tool?.type === 'function' || tool?.type === 'agent' ? tool.parameters : true
      return { ...callVariables, args }
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
    const definition = parts.program.models[name] ?? parseModelReference(name)
    const entry = { model: createModel(definition, name, parts.variables), definition }
    models.set(name, entry)
    return entry
  }
}

/** A flag for this agent, a flag for all, or what the spec says. */
function selectModel(program: Program, agent: string, options: RunOptions): string {
  return options.agent_models?.[agent] ?? options.model ?? agentOf(program, agent).model
}
