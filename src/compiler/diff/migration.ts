/** What the migrations of a newer spec do for runs of an older one: names that change, calls that are mapped or dropped. */
import { mapValues } from '../../util/compact.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { isInRange } from '../../util/semver-range.ts'
import { handoffToolName } from '../lower/lower-agent.ts'
import type { AgentDefinition, HandoffDefinition, Program, ToolDefinition } from '../program.ts'
import type { GuardrailDefinition } from '../program-guardrails.ts'

export interface Migration {
  /** Old names of agents to new ones, those that change. */
  readonly agents: ReadonlyMap<string, string>
  /** Keys of the older spec's tools to their new names for the model, those that change. */
  readonly tools: ReadonlyMap<string, string>
  /** True when the arguments of pending calls of a tool (by its new name) are mapped. */
  readonly mapsArguments: (tool: string) => boolean
  /** True when pending calls of a tool (by either name) are rejected. */
  readonly drops: (tool: string) => boolean
  readonly dropsAll: boolean
}

/** The migrations of `b` that are for runs of the version `a`, taken together. */
export function migrationBetween(a: Program, b: Program): Migration {
  const steps = b.migrations.filter(({ from }) => typeof from === 'string' && isInRange(a.version, from))
  const dropped = steps.flatMap(({ drop_pending: drop }) => (isJsonArray(drop) ? drop : []))
  const dropsAll = steps.some(({ drop_pending: drop }) => drop === true)
  return {
    agents: agentRenames(a, b, steps),
    tools: toolRenames(a, steps),
    mapsArguments: (tool) =>
      steps.some(({ map_arguments: maps }) => isJsonObject(maps) && Object.hasOwn(maps, tool)),
    drops: (tool) => dropsAll || dropped.includes(tool),
    dropsAll,
  }
}

/** The older Program in the names of the newer one. */
export function withNewNames(program: Program, { agents, tools }: Migration): Program {
  if (agents.size === 0 && tools.size === 0) return program
  const agent = (name: string): string => agents.get(name) ?? name
  const toolNames = new Map(
    [...tools].flatMap(([key, name]) => {
      const tool = program.tools[key]
      return tool === undefined ? [] : [[tool.name, name] as const]
    }),
  )
  return {
    ...program,
    entry: agent(program.entry),
    agents: Object.fromEntries(
      Object.entries(program.agents).map(([name, one]) => [agent(name), renameInAgent(one, agent)]),
    ),
    tools: mapValues(program.tools, (tool, key) =>
      renameInTool({ ...tool, name: tools.get(key) ?? tool.name }, agent),
    ),
    guardrails: mapValues(program.guardrails, (guardrail) => renameJudge(guardrail, agent)),
    approvals: {
      ...program.approvals,
      rules: program.approvals.rules.map((rule) => ({
        ...rule,
        ...(rule.agent === undefined ? {} : { agent: agent(rule.agent) }),
        ...(rule.tool === undefined ? {} : { tool: toolNames.get(rule.tool) ?? rule.tool }),
      })),
    },
  }
}

function agentRenames(a: Program, b: Program, steps: readonly JsonObject[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>()
  for (const name of Object.keys(a.agents)) {
    const renamed = steps.reduce((current, step) => lookUp(step['rename_agents'], current) ?? current, name)
    if (renamed !== name && !Object.hasOwn(a.agents, renamed) && Object.hasOwn(b.agents, renamed)) {
      renames.set(name, renamed)
    }
  }
  return renames
}

/** A migration may name a tool by its key or by what the model calls it. */
function toolRenames(a: Program, steps: readonly JsonObject[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>()
  for (const [key, tool] of Object.entries(a.tools)) {
    let renamed = tool.name
    for (const { rename_tools: names } of steps) {
      const byKey = renamed === tool.name ? lookUp(names, key) : undefined
      renamed = lookUp(names, renamed) ?? byKey ?? renamed
    }
    if (renamed !== tool.name) renames.set(key, renamed)
  }
  return renames
}

function lookUp(names: Json | undefined, name: string): string | undefined {
  const found = isJsonObject(names) && Object.hasOwn(names, name) ? names[name] : undefined
  return typeof found === 'string' ? found : undefined
}

type Rename = (agent: string) => string

function renameInAgent(agent: AgentDefinition, rename: Rename): AgentDefinition {
  return { ...agent, handoffs: agent.handoffs.map((handoff) => renameInHandoff(handoff, rename)) }
}

/** A name and a description that were made from the agent's name follow it. */
function renameInHandoff(handoff: HandoffDefinition, rename: Rename): HandoffDefinition {
  const { agent: old, tool_name: toolName, tool_description: description } = handoff
  const agent = rename(old)
  return {
    ...handoff,
    agent,
    tool_name: toolName === handoffToolName(old) ? handoffToolName(agent) : toolName,
    tool_description: description.startsWith(madeFor(old))
      ? madeFor(agent) + description.slice(madeFor(old).length)
      : description,
  }
}

function madeFor(agent: string): string {
  return `Handoff to the ${agent} agent to handle the request.`
}

function renameInTool(tool: ToolDefinition, rename: Rename): ToolDefinition {
  return tool.type === 'agent' ? { ...tool, agent: rename(tool.agent) } : tool
}

function renameJudge(guardrail: GuardrailDefinition, rename: Rename): GuardrailDefinition {
  return guardrail.type === 'agent' ? { ...guardrail, agent: rename(guardrail.agent) } : guardrail
}
