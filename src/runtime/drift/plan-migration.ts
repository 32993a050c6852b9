/** What the migrations of a newer spec do to one run: names, arguments of calls that wait, keys of the context. */
import type { CompiledExpression } from '../../compiler/cel/expression.ts'
import { migrationBetween, withNewNames } from '../../compiler/diff/migration.ts'
import type { Migration } from '../../compiler/diff/migration.ts'
import { parametersOf } from '../../compiler/diff/tool-keys.ts'
import type { Program } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { isInRange } from '../../util/semver-range.ts'
import { readArguments } from '../approvals/call-view.ts'
import { ConflictFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { AppliedMigration, MigratedCall } from '../state/spec-change.ts'
import type { CallState, RunState } from '../state/run-state.ts'

/** The Program a run is pinned to, as it was compiled, and the spec it goes on with. */
export interface MigratedSpecs {
  readonly older: Program
  readonly newer: LinkedSpec
}

/**
 * `null` when no migration of the newer spec is for the older one, or those that are change nothing of this run.
 *
 * @throws ConflictFailure `migration_failed` when arguments cannot be mapped, or what comes of it does not fit the tool.
 */
export async function planMigration(specs: MigratedSpecs, state: RunState): Promise<AppliedMigration | null> {
  const { older, newer } = specs
  const steps = newer.program.migrations.filter(
    ({ from }) => typeof from === 'string' && isInRange(older.version, from),
  )
  if (steps.length === 0) return null
  const migration = migrationBetween(older, newer.program)
  const plan: Plan = { ...specs, steps, migration, renamed: withNewNames(older, migration), state }
  const calls: MigratedCall[] = []
  for (const frame of state.frames.values()) {
    for (const call of frame.calls) {
      const migrated = await migrateCall(plan, call)
      if (migrated !== null) calls.push(migrated)
    }
  }
  const context = newer.redactor.json(addedContext(plan))
  const agents = Object.fromEntries(migration.agents)
  const tools = newNames(plan)
  const added = Object.keys(context).length
  if (calls.length + added + Object.keys(agents).length + Object.keys(tools).length === 0) return null
  return { agents, tools, calls, ...(added === 0 ? {} : { context }) }
}

interface Plan extends MigratedSpecs {
  /** The migrations that are for this run, in order. */
  readonly steps: readonly JsonObject[]
  readonly migration: Migration
  /** The older Program in the names of the newer one. */
  readonly renamed: Program
  readonly state: RunState
}

/** Everything that the model calls by another name now. */
function newNames({ older, renamed, migration }: Plan): Record<string, string> {
  const names: Record<string, string> = {}
  for (const [key, name] of migration.tools) {
    const former = older.tools[key]?.name
    if (former !== undefined && former !== name) names[former] = name
  }
  for (const [name, agent] of Object.entries(older.agents)) {
    const now = renamed.agents[migration.agents.get(name) ?? name]
    agent.handoffs.forEach(({ tool_name: former }, index) => {
      const renamedTo = now?.handoffs[index]?.tool_name
      if (renamedTo !== undefined && renamedTo !== former) names[former] = renamedTo
    })
  }
  return names
}

async function migrateCall(plan: Plan, call: CallState): Promise<MigratedCall | null> {
  const name = nameNow(plan, call)
  const key = { path: call.path, call_id: call.call_id }
  const isPending = call.status === 'pending' || call.status === 'decided'
  const { migration, newer } = plan
  if (isPending && (migration.drops(call.name) || migration.drops(name))) {
    const text = `This call was not carried out: it waited for approval when the agent became version ${newer.program.version}.`
    return { ...key, ...(name === call.name ? {} : { name }), dropped: text }
  }
  const canBeMapped = call.started === null && call.status !== 'completed'
  const args = canBeMapped ? await mapArguments(plan, call, name) : null
  if (name === call.name && args === null) return null
  return { ...key, ...(name === call.name ? {} : { name }), ...(args === null ? {} : { arguments: args }) }
}

/** What the model would call it now. */
function nameNow({ older, renamed, migration }: Plan, call: CallState): string {
  const agent = older.agents[call.agent]
  if (agent === undefined) return call.name
  const handoff = agent.handoffs.findIndex(({ tool_name: toolName }) => toolName === call.name)
  if (handoff !== -1) {
    const now = renamed.agents[migration.agents.get(call.agent) ?? call.agent]
    return now?.handoffs[handoff]?.tool_name ?? call.name
  }
  const key = agent.tools.find((one) => older.tools[one]?.name === call.name)
  return (key === undefined ? undefined : migration.tools.get(key)) ?? call.name
}

/** The arguments after every step that maps them; `null` when none does. */
async function mapArguments(plan: Plan, call: CallState, name: string): Promise<JsonObject | null> {
  const maps = plan.steps.flatMap(({ map_arguments: map }) => {
    const own = isJsonObject(map) && Object.hasOwn(map, name) ? map[name] : undefined
    return isJsonObject(own) ? [own] : []
  })
  if (maps.length === 0) return null
  let args: JsonObject | null = readArguments(call).usable
  if (args === null) return null
  for (const map of maps) args = { ...args, ...(await evaluateAll(plan, call, map, args)) }
  const schema = parametersOfTool(plan.newer.program, name)
  const kept = plan.newer.redactor.json(onlyKnown(args, schema))
  const issues = await plan.newer.validate(schema, kept)
  if (issues.length === 0) return kept
  const list = issues.map(({ message }) => message).join('; ')
  throw failed(call, `the arguments it makes do not fit ${name}: ${list}`)
}

async function evaluateAll(
  { newer, state }: Plan,
  call: CallState,
  map: JsonObject,
  args: JsonObject,
): Promise<JsonObject> {
  const { evaluateJson } = await import('../../compiler/cel/expression.ts')
  const scope = {
    args,
    context: newer.reveal(state.context),
    agent: call.agent,
    tool: call.name,
    call_id: call.call_id,
    session_id: state.session?.id ?? null,
  }
  const mapped: Record<string, Json> = {}
  for (const [field, expression] of Object.entries(map)) {
    if (typeof expression !== 'string') continue
    try {
      mapped[field] = evaluateJson(await compiled(newer.program, expression), scope)
    } catch (error) {
      throw failed(call, messageOf(error))
    }
  }
  return mapped
}

/** Sees what the compiler checked it with: the old arguments as they are. */
async function compiled(program: Program, expression: string): Promise<CompiledExpression> {
  const { createCelEnvironment } = await import('../../compiler/cel/environment.ts')
  const { callVariables } = await import('../../compiler/cel/variables.ts')
  const context = program.context.schema ?? true
  return createCelEnvironment({ ...callVariables, args: true, context }).compile(expression)
}

function failed({ name, call_id }: CallState, why: string): ConflictFailure {
  return new ConflictFailure(
    'migration_failed',
    `map_arguments for the call of ${name} (${call_id}) failed: ${why}`,
    'Mend the migration, or reject the call first; nothing was changed',
  )
}

function parametersOfTool(program: Program, name: string): JsonObject | boolean {
  const tool = Object.values(program.tools).find((one) => one.name === name)
  return (tool === undefined ? undefined : parametersOf(tool)) ?? true
}

/** Without the former arguments that the tool has no place for any more. */
function onlyKnown(args: JsonObject, schema: JsonObject | boolean): JsonObject {
  if (typeof schema === 'boolean' || schema['additionalProperties'] !== false) return args
  const { properties } = schema
  const known = isJsonObject(properties) ? properties : {}
  return Object.fromEntries(Object.entries(args).filter(([key]) => Object.hasOwn(known, key)))
}

/** Values for keys that the context lacks; the first step that has one counts. */
function addedContext({ steps, state }: Plan): JsonObject {
  const added: Record<string, Json> = {}
  for (const { set_context: values } of steps) {
    for (const [key, value] of Object.entries(isJsonObject(values) ? values : {})) {
      if (!Object.hasOwn(state.context, key) && !Object.hasOwn(added, key)) added[key] = value
    }
  }
  return added
}
