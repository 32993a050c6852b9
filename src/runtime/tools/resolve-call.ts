/** What a name called by the model means for an agent: a tool, a handoff, or nothing. */
import type {
  AgentDefinition,
  HandoffDefinition,
  HostedToolDefinition,
  Program,
  ToolDefinition,
} from '../../compiler/program.ts'
import { invariant } from '../../util/invariant.ts'

export type ResolvedCall =
  | { readonly kind: 'tool'; readonly key: string; readonly tool: ToolDefinition }
  | { readonly kind: 'handoff'; readonly handoff: HandoffDefinition }
  | { readonly kind: 'unknown' }

/** A call as the model made it: a name that was not offered means nothing. */
export interface NamedCall {
  readonly agent: string
  readonly name: string
  readonly offered: boolean
}

export function resolveCall(program: Program, { agent: agentName, name, offered }: NamedCall): ResolvedCall {
  if (!offered) return { kind: 'unknown' }
  const agent = agentOf(program, agentName)
  const handoff = agent.handoffs.find((one) => one.tool_name === name && one.enabled !== false)
  if (handoff !== undefined) return { kind: 'handoff', handoff }
  for (const [key, tool] of toolsOf(program, agent)) {
    if (tool.name === name && !isHosted(tool)) return { kind: 'tool', key, tool }
  }
  return { kind: 'unknown' }
}

/** True for a tool that the provider runs: the model never calls it as a function. */
export function isHosted(tool: ToolDefinition): tool is HostedToolDefinition {
  return HOSTED.has(tool.type)
}

const HOSTED: ReadonlySet<string> = new Set<HostedToolDefinition['type']>([
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
    const tool = program.tools[key]
    invariant(tool !== undefined, `tool ${key} is part of the Program`)
    return tool.enabled === false ? [] : [[key, tool] as const]
  })
}

export function agentOf(program: Program, name: string): AgentDefinition {
  const agent = program.agents[name]
  invariant(agent !== undefined, `agent ${name} is part of the Program`)
  return agent
}
