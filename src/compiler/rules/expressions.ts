/** CEL expressions are right: their syntax, their types against the schemas of what they see. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { matchesGlob } from '../../util/glob.ts'
import { callVariables, createCelEnvironment } from '../cel/environment.ts'
import type { CelEnvironment, CelVariables } from '../cel/environment.ts'
import type { CelIssue } from '../cel/fields.ts'
import type { JsonSchema } from '../program.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import { argumentsOf, schemaOf } from './argument-schemas.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, visibleName } from './scope.ts'

/** What an expression sees beside the context: arguments of a tool, a guarded value, or only who asks. */
type View = (variables: CelVariables) => CelEnvironment

export function expressions(context: RuleContext): void {
  const view = createViews(context)
  checkTools(context, view)
  checkRules(context, view)
  checkServers(context, view)
  checkGuardrails(context, view)
  const migrated = patterns('migrations.*.map_arguments.*.*')
  for (const { path, value } of findPlaces(context.document.value, migrated)) {
    checkValue(context, path, value, view({ ...callVariables, args: true }))
  }
}

/** Environments by what they see; making one is slow. */
function createViews(context: RuleContext): View {
  const environments = new Map<string, CelEnvironment>()
  const contextSchema = schemaOf(valueAt(context.document.value, ['context', 'schema']))
  return (variables) => {
    const key = JSON.stringify(variables)
    const known = environments.get(key) ?? createCelEnvironment({ context: contextSchema, ...variables })
    environments.set(key, known)
    return known
  }
}

function checkTools(context: RuleContext, view: View): void {
  const turnVariables = withoutCall()
  for (const tool of context.scope.tools) {
    const calls = view({ ...callVariables, args: argumentsOf(tool) })
    for (const { path, value } of findPlaces(
      tool.value,
      patterns('needs_approval.when', 'needs_approval.*.when'),
    )) {
      check(context, [...tool.path, ...path], value, calls)
    }
    check(context, [...tool.path, 'enabled'], tool.value['enabled'], view(turnVariables))
  }
  for (const { path, value } of findPlaces(context.document.value, patterns('agents.*.handoffs.*.enabled'))) {
    check(context, path, value, view(turnVariables))
  }
}

/** What `enabled` sees: there is no call yet. */
function withoutCall(): CelVariables {
  const { call_id: _, ...variables } = callVariables
  return variables
}

/** A rule is about one tool, several, or tools that only a server knows. */
function checkRules(context: RuleContext, view: View): void {
  for (const [index, rule] of listItems(valueAt(context.document.value, ['approvals', 'rules']))) {
    if (!isJsonObject(rule) || typeof rule['when'] !== 'string') continue
    const when = rule['when']
    const schemas = argumentsOfMatches(context, rule['tool'])
    const results = schemas.map((args) => view({ ...callVariables, args }).check(when))
    // Where one of several tools has no such argument the call is asked about: only what fits none is a mistake.
    const best = results.toSorted((a, b) => countErrors(a) - countErrors(b))[0] ?? []
    reportIssues(context, ['approvals', 'rules', index, 'when'], best)
  }
}

function argumentsOfMatches(context: RuleContext, pattern: Json | undefined): readonly JsonSchema[] {
  if (typeof pattern !== 'string' || pattern.includes('/')) return [true]
  const matches = context.scope.tools.filter((tool) => matchesGlob(pattern, visibleName(tool)))
  return matches.length === 0 ? [true] : matches.map(argumentsOf)
}

function countErrors(issues: readonly CelIssue[]): number {
  return issues.filter(({ severity }) => severity === 'error').length
}

function checkServers(context: RuleContext, view: View): void {
  const calls = view({ ...callVariables, args: true })
  const gates = patterns('mcp_servers.*.require_approval', 'defaults.mcp_servers.require_approval')
  for (const { path, value } of findPlaces(context.document.value, gates)) {
    const when = isJsonObject(value) ? value['when'] : undefined
    if (when !== 'always' && when !== 'never') check(context, [...path, 'when'], when, calls)
  }
  for (const { path, value } of findPlaces(context.document.value, patterns('mcp_servers.*.tool_meta.*'))) {
    if (path.at(-1) !== 'handler') checkValue(context, path, value, calls)
  }
}

function checkGuardrails(context: RuleContext, view: View): void {
  const guarded = {
    agent: { type: 'string' },
    tool: { type: 'string' },
    input: true,
    output: true,
    args: true,
  }
  for (const guardrail of context.scope.definitions('guardrails')) {
    check(context, [...guardrail.path, 'when'], guardrail.value['when'], view(guarded))
    const judge = guardrail.value['agent']
    const output = schemaOf(
      valueAt(context.document.value, ['agents', typeof judge === 'string' ? judge : '', 'output', 'schema']),
    )
    check(
      context,
      [...guardrail.path, 'trip_when'],
      guardrail.value['trip_when'],
      view({ ...guarded, output }),
    )
  }
}

function check(context: RuleContext, path: Path, value: Json | undefined, environment: CelEnvironment): void {
  if (typeof value === 'string') reportIssues(context, path, environment.check(value))
}

/** An expression that may give any value, not only true or false. */
function checkValue(
  context: RuleContext,
  path: Path,
  value: Json | undefined,
  environment: CelEnvironment,
): void {
  if (typeof value === 'string') reportIssues(context, path, environment.check(value, { result: 'any' }))
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
