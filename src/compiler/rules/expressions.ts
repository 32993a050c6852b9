/** CEL expressions are right: their syntax, their types against the schemas of what they see. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { matchesGlob } from '../../util/glob.ts'
import type { CelEnvironment } from '../cel/environment.ts'
import type { CelIssue } from '../cel/fields.ts'
import { callVariables, guardrailVariables, turnVariables } from '../cel/variables.ts'
import type { CelVariables } from '../cel/variables.ts'
import type { JsonSchema } from '../program.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import { argumentsOf, schemaOf } from './argument-schemas.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, visibleName } from './scope.ts'

/** An expression, and what it sees beside the context: several views where it is about one of several tools. */
interface Expression {
  readonly path: Path
  readonly text: string
  readonly views: readonly CelVariables[]
  /** `any`: it may give any value, not only true or false. */
  readonly result: 'bool' | 'any'
}

/** The library is loaded only for a spec with expressions. */
export async function expressions(context: RuleContext): Promise<void> {
  const found = [
    ...toolExpressions(context),
    ...ruleExpressions(context),
    ...serverExpressions(context),
    ...guardrailExpressions(context),
    ...migrationExpressions(context),
  ]
  if (found.length === 0) return
  const { createCelEnvironments } = await import('../cel/environment.ts')
  const contextSchema = schemaOf(valueAt(context.document.value, ['context', 'schema']))
  const environmentOf = createViews(createCelEnvironments({ context: contextSchema }))
  for (const { path, text, views, result } of found) {
    reportIssues(
      context,
      path,
      bestOf(views, (view) => environmentOf(view).check(text, { result })),
    )
  }
}

/** Environments by what they see; making one is slow. */
function createViews(
  create: (variables: CelVariables) => CelEnvironment,
): (view: CelVariables) => CelEnvironment {
  const environments = new Map<string, CelEnvironment>()
  return (view) => {
    const key = JSON.stringify(view)
    const known = environments.get(key) ?? create(view)
    environments.set(key, known)
    return known
  }
}

/**
 * Where one of several tools has no such argument the call is asked about: only what fits none is a mistake, and that
 * which it fits best says what.
 */
function bestOf(
  views: readonly CelVariables[],
  check: (view: CelVariables) => readonly CelIssue[],
): readonly CelIssue[] {
  let best: readonly CelIssue[] | undefined
  for (const view of views) {
    const issues = check(view)
    if (best === undefined || countErrors(issues) < countErrors(best)) best = issues
    if (countErrors(best) === 0) break
  }
  return best ?? []
}

function countErrors(issues: readonly CelIssue[]): number {
  return issues.filter(({ severity }) => severity === 'error').length
}

/** One expression, or none where the value is something else. */
function expressionAt(
  path: Path,
  value: Json | undefined,
  view: CelVariables,
  result: Expression['result'] = 'bool',
): readonly Expression[] {
  return typeof value === 'string' ? [{ path, text: value, views: [view], result }] : []
}

const approvalPlaces = patterns('needs_approval.when', 'needs_approval.*.when')

function toolExpressions({ scope, document }: RuleContext): readonly Expression[] {
  const ofTools = scope.tools.flatMap((tool) => [
    ...findPlaces(tool.value, approvalPlaces).flatMap(({ path, value }) =>
      expressionAt([...tool.path, ...path], value, callOf(argumentsOf(tool))),
    ),
    ...expressionAt([...tool.path, 'enabled'], tool.value['enabled'], turnVariables),
  ])
  const handoffs = findPlaces(document.value, patterns('agents.*.handoffs.*.enabled'))
  return [...ofTools, ...handoffs.flatMap(({ path, value }) => expressionAt(path, value, turnVariables))]
}

function callOf(args: JsonSchema): CelVariables {
  return { ...callVariables, args }
}

/** A rule is about one tool, several, or tools that only a server knows. */
function ruleExpressions(context: RuleContext): readonly Expression[] {
  const rules = listItems(valueAt(context.document.value, ['approvals', 'rules']))
  return rules.flatMap(([index, rule]) => {
    if (!isJsonObject(rule) || typeof rule['when'] !== 'string') return []
    const views = argumentsOfMatches(context, rule['tool']).map(callOf)
    return [{ path: ['approvals', 'rules', index, 'when'], text: rule['when'], views, result: 'bool' }]
  })
}

function argumentsOfMatches(context: RuleContext, pattern: Json | undefined): readonly JsonSchema[] {
  if (typeof pattern !== 'string' || pattern.includes('/')) return [true]
  const matches = context.scope.tools.filter((tool) => matchesGlob(pattern, visibleName(tool)))
  return matches.length === 0 ? [true] : matches.map(argumentsOf)
}

function serverExpressions({ document }: RuleContext): readonly Expression[] {
  const gates = patterns('mcp_servers.*.require_approval', 'defaults.mcp_servers.require_approval')
  const conditions = findPlaces(document.value, gates).flatMap(({ path, value }) => {
    const when = isJsonObject(value) ? value['when'] : undefined
    return when === 'always' || when === 'never' ? [] : expressionAt([...path, 'when'], when, callOf(true))
  })
  const meta = findPlaces(document.value, patterns('mcp_servers.*.tool_meta.*'))
  const values = meta.filter(({ path }) => path.at(-1) !== 'handler')
  return [
    ...conditions,
    ...values.flatMap(({ path, value }) => expressionAt(path, value, callOf(true), 'any')),
  ]
}

function guardrailExpressions({ document, scope }: RuleContext): readonly Expression[] {
  return scope.definitions('guardrails').flatMap((guardrail) => {
    const judge = guardrail.value['agent']
    const output = schemaOf(
      valueAt(document.value, ['agents', typeof judge === 'string' ? judge : '', 'output', 'schema']),
    )
    return [
      ...expressionAt([...guardrail.path, 'when'], guardrail.value['when'], guardrailVariables),
      ...expressionAt([...guardrail.path, 'trip_when'], guardrail.value['trip_when'], {
        ...guardrailVariables,
        output,
      }),
    ]
  })
}

function migrationExpressions({ document }: RuleContext): readonly Expression[] {
  const migrated = findPlaces(document.value, patterns('migrations.*.map_arguments.*.*'))
  return migrated.flatMap(({ path, value }) => expressionAt(path, value, callOf(true), 'any'))
}

function reportIssues(context: RuleContext, path: Path, issues: readonly CelIssue[]): void {
  for (const { severity, message, start, end } of issues) {
    context.report(
      severity === 'error' ? 'AS4010' : 'AS4011',
      { detail: message },
      { path, within: [start, end] },
    )
  }
}
