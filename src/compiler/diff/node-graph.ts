/** What a Program's definitions lead to: agents to agents, tools, servers, models and guardrails. */
import type { Json } from '../../util/json.ts'
import type { AgentDefinition, Program, ToolDefinition } from '../program.ts'
import type { Node } from './change.ts'

/** Every definition that a run in one of these may come to, themselves included. */
export function reachableFrom(program: Program, starts: Iterable<Node>): ReadonlySet<Node> {
  const reached = new Set<Node>()
  const pending = [...starts]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reached.has(node)) continue
    reached.add(node)
    pending.push(...next(program, node))
  }
  return reached
}

/** The definitions that something uses. Any agent may be started by its name, so all of them count. */
export function usedNodes(program: Program): ReadonlySet<Node> {
  const agents = Object.keys(program.agents).map((name): Node => `agents/${name}`)
  return reachableFrom(program, [...agents, ...runGuardrails(program)])
}

/** Guardrails of every run. */
export function runGuardrails({ run }: Program): readonly Node[] {
  return guardrailNodes(run.input_guardrails, run.output_guardrails)
}

/** The agents that have a tool. */
export function agentsWithTool(program: Program, key: string): readonly string[] {
  return Object.keys(program.agents).filter((name) => program.agents[name]?.tools.includes(key))
}

/** The agents that use a server. */
export function agentsWithServer(program: Program, server: string): readonly string[] {
  return Object.keys(program.agents).filter((name) => program.agents[name]?.mcp_servers.includes(server))
}

function next(program: Program, node: Node): readonly Node[] {
  const slash = node.indexOf('/')
  const [section, name] = [node.slice(0, slash), node.slice(slash + 1)]
  if (section === 'agents') return ofAgent(program, own(program.agents, name))
  if (section === 'tools') return ofTool(own(program.tools, name))
  if (section === 'models')
    return (own(program.models, name)?.fallback ?? []).map((model): Node => `models/${model}`)
  const guardrail = section === 'guardrails' ? own(program.guardrails, name) : undefined
  return guardrail?.type === 'agent' ? [`agents/${guardrail.agent}`] : []
}

function ofAgent(program: Program, agent: AgentDefinition | undefined): readonly Node[] {
  if (agent === undefined) return []
  return [
    ...agent.tools.map((key): Node => `tools/${key}`),
    ...agent.mcp_servers.map((name): Node => `mcp_servers/${name}`),
    ...promptServer(agent),
    ...agent.handoffs.map((handoff): Node => `agents/${handoff.agent}`),
    ...guardrailNodes(agent.input_guardrails, agent.output_guardrails),
    ...modelsOf(program, agent.model),
  ]
}

/** A model that is only known when it is interpolated may be any. */
function modelsOf(program: Program, model: string): readonly Node[] {
  const names = model.includes('${') ? Object.keys(program.models) : [model]
  return names.map((name): Node => `models/${name}`)
}

function promptServer({ instructions }: AgentDefinition): readonly Node[] {
  const server = instructions && 'mcp_prompt' in instructions ? instructions.mcp_prompt['server'] : undefined
  return typeof server === 'string' ? [`mcp_servers/${server}`] : []
}

function ofTool(tool: ToolDefinition | undefined): readonly Node[] {
  if (tool === undefined) return []
  const agents: readonly Node[] = tool.type === 'agent' ? [`agents/${tool.agent}`] : []
  return [...agents, ...guardrailNodes(tool.input_guardrails, tool.output_guardrails)]
}

function guardrailNodes(...lists: readonly (readonly Json[])[]): readonly Node[] {
  const names = lists.flat().filter((name) => typeof name === 'string')
  return names.map((name): Node => `guardrails/${name}`)
}

function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}
