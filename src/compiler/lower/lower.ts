/** Spec → Program. The one place where defaults are filled in. */
import type { AgentSpec, Spec } from '../../spec/spec-types.generated.ts'
import { compact, mapValues } from '../../util/compact.ts'
import { invariant } from '../../util/invariant.ts'
import type { ModuleSource, Program, ToolDefinition } from '../program.ts'
import type { ModelDefinition } from '../program-models.ts'
import { lowerAgent, inlineToolKey } from './lower-agent.ts'
import { lowerMcpServer } from './lower-mcp-server.ts'
import { lowerModel } from './lower-model.ts'
import {
  lowerApprovals,
  lowerContext,
  lowerGuardrails,
  lowerMigrations,
  lowerRun,
  lowerSession,
  lowerTracing,
} from './lower-settings.ts'
import { lowerTool } from './lower-tool.ts'

/** Turns a spec that was found to be right (files inlined, handlers relative to the root) into a Program. */
export function lower(spec: Spec, modules: Readonly<Record<string, ModuleSource>>): Program {
  return compact({
    agentspec: 1 as const,
    name: spec.name,
    version: spec.version ?? '0.0.0',
    description: spec.description,
    entry: entryOf(spec, spec.agents ?? {}),
    secrets: spec.secrets ?? [],
    context: lowerContext(spec.context ?? {}),
    ...lowerDefinitions(spec),
    approvals: lowerApprovals(spec.approvals ?? {}),
    session: lowerSession(spec.session ?? {}),
    run: lowerRun(spec.run ?? {}),
    tracing: lowerTracing(spec.tracing ?? {}),
    migrations: lowerMigrations(spec.migrations ?? []),
    modules,
  })
}

/** What a spec declares by name. */
function lowerDefinitions(
  spec: Spec,
): Pick<Program, 'models' | 'agents' | 'tools' | 'mcp_servers' | 'guardrails'> {
  const {
    agents = {},
    models = {},
    tools = {},
    mcp_servers: servers = {},
    guardrails = {},
    defaults = {},
  } = spec
  const toolDefaults = defaults.tools ?? {}
  const serverDefaults = defaults.mcp_servers ?? {}
  const lowered = mapValues(agents, (agent, name) => lowerAgent(name, agent, { defaults, agents }))
  return {
    models: { ...mapValues(models, lowerModel), ...modelsByName(lowered, models) },
    agents: lowered,
    tools: { ...mapValues(tools, (tool, key) => lowerTool(key, tool, toolDefaults)), ...inlineTools(spec) },
    mcp_servers: mapValues(servers, (server) => lowerMcpServer(server, serverDefaults)),
    guardrails: lowerGuardrails(guardrails),
  }
}

function entryOf(spec: Spec, agents: Readonly<Record<string, AgentSpec>>): string {
  const entry = spec.entry ?? Object.keys(agents)[0]
  invariant(entry !== undefined, 'a spec without agents was lowered')
  return entry
}

/**
 * Models that agents name as `provider/model`: they get their defaults, and an entry under that name. A name that is
 * interpolated is only known when the run is linked.
 */
function modelsByName(
  agents: Readonly<Record<string, { readonly model: string }>>,
  declared: Readonly<Record<string, unknown>>,
): Record<string, ModelDefinition> {
  const names = Object.values(agents).map((agent) => agent.model)
  const direct = names.filter((name) => !Object.hasOwn(declared, name) && !name.includes('${'))
  return Object.fromEntries(direct.map((name) => [name, lowerModel(name)]))
}

function inlineTools(spec: Spec): Record<string, ToolDefinition> {
  const tools: Record<string, ToolDefinition> = {}
  for (const [agent, { tools: entries = [] }] of Object.entries(spec.agents ?? {})) {
    for (const entry of entries) {
      if (typeof entry === 'string') continue
      tools[inlineToolKey(agent, entry.name)] = lowerTool(entry.name, entry, spec.defaults?.tools ?? {})
    }
  }
  return tools
}
