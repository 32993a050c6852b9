/** What a name called by the model means for an agent: a tool, a handoff, or nothing. */
import type {
  AgentDefinition,
  HandoffDefinition,
  HostedMcpToolDefinition,
  HostedToolDefinition,
  Program,
  ToolDefinition,
} from '../../compiler/program.ts'
import { assertNever, invariant } from '../../util/invariant.ts'
import type { CallForm } from '../state/call-item.ts'
import type { CalledMcpTool } from '../state/mcp-tools.ts'
import { mcpTool, ruleName } from './mcp-tool.ts'

export type ResolvedCall =
  | { readonly kind: 'tool'; readonly key: string; readonly tool: ToolDefinition }
  | { readonly kind: 'handoff'; readonly handoff: HandoffDefinition }
  | { readonly kind: 'unknown' }

/** A call as the model made it: what was not offered means nothing. */
export interface NamedCall {
  readonly form: CallForm
  readonly agent: string
  readonly name: string
  /** The names that were not offered. */
  readonly disabled: ReadonlySet<string>
  /** The tool of an MCP server it means. */
  readonly mcp?: CalledMcpTool | null
}

export function resolveCall(program: Program, call: NamedCall): ResolvedCall {
  const agent = agentOf(program, call.agent)
  const firstOffered = (isMeant: (tool: ToolDefinition) => boolean): ResolvedCall =>
    firstTool(program, agent, (tool) => isMeant(tool) && !call.disabled.has(tool.name))
  switch (call.form) {
    case 'function_call':
      if (call.disabled.has(call.name)) return { kind: 'unknown' }
      return call.mcp ? byServer(program, agent, call.mcp) : byName(program, agent, call.name)
    case 'shell_call':
      return firstOffered((tool) => tool.type === 'shell' && !isHosted(tool))
    case 'apply_patch_call':
      return firstOffered(({ type }) => type === 'apply_patch')
    case 'mcp_approval_request':
      return firstOffered((tool) => labelOf(tool) !== null && call.name.startsWith(`${labelOf(tool)}/`))
    default:
      return assertNever(call.form)
  }
}

function byName(program: Program, agent: AgentDefinition, name: string): ResolvedCall {
  const handoff = agent.handoffs.find((one) => one.tool_name === name && one.enabled !== false)
  if (handoff !== undefined) return { kind: 'handoff', handoff }
  return firstTool(program, agent, (tool) => tool.name === name && !isHosted(tool))
}

function byServer(program: Program, agent: AgentDefinition, called: CalledMcpTool): ResolvedCall {
  const tool = mcpTool(program, agent, called)
  return tool === null ? { kind: 'unknown' } : { kind: 'tool', key: ruleName(tool), tool }
}

function firstTool(
  program: Program,
  agent: AgentDefinition,
  isMeant: (tool: ToolDefinition) => boolean,
): ResolvedCall {
  for (const key of agent.tools) {
    const tool = toolAt(program, key)
    if (tool.enabled !== false && isMeant(tool)) return { kind: 'tool', key, tool }
  }
  return { kind: 'unknown' }
}

/** The server of a hosted MCP tool, as the model knows it; `null` for other tools. */
export function labelOf(tool: ToolDefinition): string | null {
  const label = tool.type === 'hosted_mcp' ? tool.settings['server_label'] : null
  return typeof label === 'string' ? label : null
}

/** True for a tool that the provider runs: the model never calls it as a function. */
export function isHosted(tool: ToolDefinition): tool is HostedToolDefinition | HostedMcpToolDefinition {
  return HOSTED.has(tool.type) || (tool.type === 'shell' && 'settings' in tool)
}

const HOSTED: ReadonlySet<string> = new Set<ToolDefinition['type']>([
  'hosted_mcp',
  'web_search',
  'file_search',
  'code_interpreter',
  'image_generation',
])

/** The tools an agent offers, by their key in the Program, in the order of the spec. */
export function toolsOf(
  program: Program,
  agent: AgentDefinition,
): readonly (readonly [string, ToolDefinition])[] {
  return agent.tools.flatMap((key) => {
    const tool = toolAt(program, key)
    return tool.enabled === false ? [] : [[key, tool] as const]
  })
}

function toolAt(program: Program, key: string): ToolDefinition {
  const tool = program.tools[key]
  invariant(tool !== undefined, `tool ${key} is part of the Program`)
  return tool
}

export function agentOf(program: Program, name: string): AgentDefinition {
  const agent = program.agents[name]
  invariant(agent !== undefined, `agent ${name} is part of the Program`)
  return agent
}
