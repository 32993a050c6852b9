/**
 * A Program as a graph: its agents, the tools and MCP servers they use, who hands over to whom, and what asks a person
 * first. Plain data; the files beside this one draw it.
 */
import type { AgentDefinition, Program, ToolDefinition } from '../program.ts'
import { serverGates, toolGates } from './gates.ts'
import type { GraphGate } from './gates.ts'

export interface Graph {
  /** Name and version of the spec. */
  readonly title: string
  readonly description: string
  /** Agents first, then tools, then MCP servers, each in the order of the spec. */
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GraphNode {
  /** `agent:triage`, `tool:cancel_order`, `mcp_server:files`: unique in its graph. */
  readonly id: string
  readonly kind: 'agent' | 'tool' | 'mcp_server'
  readonly name: string
  /** The model of an agent, the type of a tool, the transport of a server. */
  readonly detail: string
  /** True for the agent a run starts with. */
  readonly entry: boolean
  /** Who is asked before a call, first match first; empty when calls run without asking. */
  readonly gates: readonly GraphGate[]
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** `agent_tool` leads from a tool to the agent that it runs. */
  readonly kind: 'handoff' | 'tool' | 'mcp_server' | 'agent_tool'
  /** When the model is offered it: an expression, or a handler. */
  readonly condition?: string
}

/**
 * The graph of a Program. Every agent is part of it, reachable or not; tools and MCP servers are when an agent uses
 * them. What is switched off (`enabled: false`) is left out, as it is for the model.
 */
export function graphOf(program: Program): Graph {
  const agents = Object.entries(program.agents)
  const used = new Set(agents.flatMap(([, agent]) => agent.tools))
  const servers = new Set(agents.flatMap(([, agent]) => agent.mcp_servers))
  const tools = Object.entries(program.tools).filter(([key, tool]) => used.has(key) && tool.enabled !== false)
  return {
    title: `${program.name} ${program.version}`,
    description: program.description ?? '',
    nodes: [
      ...agents.map(([name, agent]) => agentNode(program, name, agent)),
      ...tools.map(([key, tool]) => toolNode(program, key, tool)),
      ...Object.keys(program.mcp_servers)
        .filter((name) => servers.has(name))
        .map((name) => serverNode(program, name)),
    ],
    edges: [
      ...agents.flatMap(([name, agent]) => agentEdges(name, agent, new Map(tools))),
      ...tools.flatMap(([key, tool]) => agentToolEdges(program, key, tool)),
    ],
  }
}

function agentNode(program: Program, name: string, agent: AgentDefinition): GraphNode {
  const model = Object.hasOwn(program.models, agent.model) ? program.models[agent.model] : undefined
  const detail = model === undefined ? agent.model : [model.provider, model.model ?? []].flat().join('/')
  return { id: `agent:${name}`, kind: 'agent', name, detail, entry: name === program.entry, gates: [] }
}

function toolNode(program: Program, key: string, tool: ToolDefinition): GraphNode {
  const gates = toolGates(program, tool)
  return { id: `tool:${key}`, kind: 'tool', name: tool.name, detail: tool.type, entry: false, gates }
}

function serverNode(program: Program, name: string): GraphNode {
  const transport = program.mcp_servers[name]?.['transport']
  const detail = typeof transport === 'string' ? `MCP ${transport}` : 'MCP'
  const gates = serverGates(program, name)
  return { id: `mcp_server:${name}`, kind: 'mcp_server', name, detail, entry: false, gates }
}

function agentEdges(
  name: string,
  agent: AgentDefinition,
  tools: ReadonlyMap<string, ToolDefinition>,
): readonly GraphEdge[] {
  const from = `agent:${name}`
  const uses = [...new Set(agent.tools)].flatMap((key): readonly GraphEdge[] => {
    const tool = tools.get(key)
    return tool === undefined ? [] : [{ from, to: `tool:${key}`, kind: 'tool', ...conditionOf(tool.enabled) }]
  })
  const connects = [...new Set(agent.mcp_servers)].map((server): GraphEdge => ({
    from,
    to: `mcp_server:${server}`,
    kind: 'mcp_server',
  }))
  const handsOff = agent.handoffs
    .filter(({ enabled }) => enabled !== false)
    .map((handoff): GraphEdge => ({
      from,
      to: `agent:${handoff.agent}`,
      kind: 'handoff',
      ...conditionOf(handoff.enabled),
    }))
  return [...uses, ...connects, ...handsOff]
}

function agentToolEdges(program: Program, key: string, tool: ToolDefinition): readonly GraphEdge[] {
  if (tool.type !== 'agent' || !Object.hasOwn(program.agents, tool.agent)) return []
  return [{ from: `tool:${key}`, to: `agent:${tool.agent}`, kind: 'agent_tool' }]
}

function conditionOf(enabled: ToolDefinition['enabled']): Pick<GraphEdge, 'condition'> {
  if (typeof enabled === 'boolean') return {}
  return { condition: typeof enabled === 'string' ? enabled : enabled.handler }
}
