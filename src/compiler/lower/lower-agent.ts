/** Agents and their handoffs: defaults filled in, inline tools moved among the tools. */
import type {
  AgentSpec,
  DefaultsSpec,
  HandoffEntrySpec,
  HandoffSpec,
  InstructionsSpec,
} from '../../spec/spec-types.generated.ts'
import { compact } from '../../util/compact.ts'
import { invariant } from '../../util/invariant.ts'
import type {
  AgentDefinition,
  HandoffDefinition,
  InstructionsDefinition,
  OutputDefinition,
} from '../program.ts'
import type { McpConfigDefinition } from '../program-mcp.ts'
import type { PromptDefinition } from '../request-definitions.ts'
import { toFailureText, toFunctionName, toHandler, toSchema, withoutExtensions } from './common.ts'
import { defaultModel } from './lower-model.ts'

export interface AgentContext {
  readonly defaults: DefaultsSpec
  readonly agents: Readonly<Record<string, AgentSpec>>
}

/** The key among the Program's tools of a tool that an agent declares inline. */
export function inlineToolKey(agent: string, tool: string): string {
  return `${agent}.${tool}`
}

/** One agent. Everything it refers to is known to exist. */
export function lowerAgent(name: string, agent: AgentSpec, context: AgentContext): AgentDefinition {
  const { defaults } = context
  const model = agent.model ?? defaults.model
  return compact({
    instructions: agent.instructions === undefined ? undefined : lowerInstructions(agent.instructions),
    prompt: agent.prompt && lowerPrompt(agent.prompt, model),
    handoff_description: agent.handoff_description,
    model: model ?? defaultModel,
    model_settings: {
      ...withoutExtensions(defaults.model_settings ?? {}),
      ...withoutExtensions(agent.model_settings ?? {}),
    },
    tools: (agent.tools ?? []).map((tool) =>
      typeof tool === 'string' ? tool : inlineToolKey(name, tool.name),
    ),
    mcp_servers: agent.mcp_servers ?? [],
    mcp_config: lowerMcpConfig(agent.mcp_config ?? {}),
    handoffs: (agent.handoffs ?? []).map((handoff) => lowerHandoff(handoff, context)),
    input_guardrails: agent.input_guardrails ?? [],
    output_guardrails: agent.output_guardrails ?? [],
    output: agent.output && lowerOutput(agent.output),
    tool_use_behavior: lowerToolUse(agent.tool_use_behavior),
    reset_tool_choice: agent.reset_tool_choice ?? true,
  })
}

function lowerInstructions(written: InstructionsSpec): InstructionsDefinition {
  if (typeof written === 'string') return { template: written }
  if (written.handler !== undefined) return { handler: written.handler }
  if (written.mcp_prompt !== undefined) {
    const { server, name, arguments: given } = written.mcp_prompt
    return { mcp_prompt: compact({ server, name, arguments: given }) }
  }
  invariant(
    'template' in written && typeof written.template === 'string',
    'an instructions file was not read',
  )
  return { file: written.file, template: written.template }
}

function lowerPrompt(prompt: NonNullable<AgentSpec['prompt']>, model: string | undefined): PromptDefinition {
  const { id, version, variables } = prompt
  return compact({ id, version, variables, names_model: model === undefined })
}

function lowerMcpConfig(config: NonNullable<AgentSpec['mcp_config']>): McpConfigDefinition {
  const failure = config.failure_error_function
  return compact({
    convert_schemas_to_strict: config.convert_schemas_to_strict ?? false,
    include_server_in_tool_names: config.include_server_in_tool_names ?? false,
    failure_error_function: failure === undefined ? undefined : toFailureText(failure),
  })
}

function lowerOutput(output: NonNullable<AgentSpec['output']>): OutputDefinition {
  return {
    schema: toSchema(output.schema),
    name: output.name ?? 'final_output',
    strict: output.strict ?? true,
  }
}

function lowerToolUse(written: AgentSpec['tool_use_behavior']): AgentDefinition['tool_use_behavior'] {
  if (typeof written !== 'object') return written ?? 'run_llm_again'
  return written.handler === undefined
    ? { stop_at_tool_names: written.stop_at_tool_names }
    : { handler: written.handler }
}

function lowerHandoff(written: HandoffEntrySpec, { agents }: AgentContext): HandoffDefinition {
  const handoff: HandoffSpec = typeof written === 'string' ? { agent: written } : written
  const target = handoff.agent
  return compact({
    agent: target,
    tool_name: handoff.tool_name ?? handoffToolName(target),
    tool_description: handoff.tool_description ?? handoffDescription(target, agents[target]),
    input_schema: handoff.input_schema === undefined ? undefined : toSchema(handoff.input_schema),
    on_handoff: handoff.on_handoff && toHandler(handoff.on_handoff),
    enabled: handoff.enabled ?? true,
    input_filter: lowerInputFilter(handoff.input_filter),
    nest_handoff_history: handoff.nest_handoff_history,
  })
}

/** What the model calls to hand off to an agent, unless the spec says otherwise. */
export function handoffToolName(agent: string): string {
  return `transfer_to_${toFunctionName(agent)}`
}

function handoffDescription(name: string, agent: AgentSpec | undefined): string {
  return `Handoff to the ${name} agent to handle the request. ${agent?.handoff_description ?? ''}`.trimEnd()
}

function lowerInputFilter(written: HandoffSpec['input_filter']): HandoffDefinition['input_filter'] {
  if (typeof written !== 'object') return written
  return written.handler === undefined ? { last: written.last } : { handler: written.handler }
}
