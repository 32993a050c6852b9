/** What an agent offers the model in a turn: functions to call, and tools that the provider runs. */
import type { Program, ToolDefinition } from '../../compiler/program.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { FunctionSpec, HostedSpec, NativeTool } from '../models/model.ts'
import type { FrameState } from '../state/run-state.ts'
import { agentOf, isHosted, toolsOf } from '../tools/resolve-call.ts'

/** Tools, those of MCP servers, then handoffs, in the order of the spec, without those this turn does not offer. */
export function functionsOf(
  { program, offered }: Pick<LinkedSpec, 'program' | 'offered'>,
  frame: FrameState,
  ofServers: readonly FunctionSpec[],
): readonly FunctionSpec[] {
  const agent = agentOf(program, frame.agent)
  const natives = new Set<NativeTool>()
  const tools = toolsOf(program, agent).flatMap(([, tool]) => {
    if (!('parameters' in tool) || frame.disabled.has(tool.name)) return []
    const { name, description, parameters, strict } = tool
    const spec = offered(tool, { name, description, parameters, strict, ...nativeOf(tool) })
    const { native, ...plain } = spec
    if (native === undefined) return [spec]
    // An item of the provider's own says only of which type its tool is: it means the first.
    const isFirst = !natives.has(native)
    natives.add(native)
    return [isFirst ? spec : plain]
  })
  const handoffs = agent.handoffs
    .filter((handoff) => handoff.enabled !== false)
    .map((handoff) =>
      offered(handoff, {
        name: handoff.tool_name,
        description: handoff.tool_description,
        parameters: handoff.input_schema ?? NO_PARAMETERS,
        strict: true,
      }),
    )
  return [...tools, ...ofServers, ...handoffs].filter(({ name }) => !frame.disabled.has(name))
}

function nativeOf({ type }: ToolDefinition): Pick<FunctionSpec, 'native'> {
  return type === 'shell' || type === 'apply_patch' ? { native: type } : {}
}

const NO_PARAMETERS: JsonObject = Object.freeze({
  type: 'object',
  properties: Object.freeze({}),
  required: Object.freeze([]),
  additionalProperties: false,
})

/** The tools of the provider, without those this turn does not offer. */
export function hostedOf(program: Program, frame: FrameState): readonly HostedSpec[] {
  return toolsOf(program, agentOf(program, frame.agent)).flatMap(([, tool]): readonly HostedSpec[] => {
    if (!isHosted(tool) || frame.disabled.has(tool.name)) return []
    if (tool.type !== 'hosted_mcp') return [{ name: tool.name, type: tool.type, settings: tool.settings }]
    const described = tool.description === '' ? {} : { server_description: tool.description }
    return [{ name: tool.name, type: 'mcp', settings: { ...tool.settings, ...described } }]
  })
}

/** Whether a `tool_choice` can be met: a name that is not offered would make the API refuse the request. */
export function isOfferedChoice(
  choice: Json | undefined,
  functions: readonly FunctionSpec[],
  hosted: readonly HostedSpec[],
): boolean {
  if (typeof choice !== 'string' || CHOICES.has(choice)) return true
  return (
    functions.some(({ name, native }) => name === choice || native === choice) ||
    hosted.some(({ name, type }) => name === choice || type === choice)
  )
}

const CHOICES: ReadonlySet<string> = new Set(['auto', 'required', 'none'])
