/** What the model is asked: instructions, history, and what an agent offers. */
import type { AgentDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ConversationSpec, ModelRequest, PromptSpec } from '../models/model.ts'
import { beginningOf, withoutOrphans } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { frameAt } from '../state/run-state.ts'
import type { FrameState } from '../state/run-state.ts'
import { agentOf } from '../tools/resolve-call.ts'
import { filterInput } from './model-input.ts'
import { functionsOf, hostedOf, isOfferedChoice } from './offered-tools.ts'
import type { RunContext } from './run-context.ts'

/** A request before it is known which model gets it: the same for every attempt of a turn, fallbacks included. */
export type OpenRequest = Omit<ModelRequest, 'settings'>

/** @throws RunFailure when the filter of the input fails. */
export async function openRequest(run: RunContext): Promise<OpenRequest> {
  const { state } = run.writer
  const { program, redactor } = run.spec
  const frame = frameAt(state, run.path)
  const agent = agentOf(program, frame.agent)
  const hosted = hostedOf(program, frame)
  const ofServers = await run.mcp.functions(frame.agent, frame.mcp_tools, run.signal)
  const { items, isWhole, conversation } = inputOf(run, frame)
  const said =
    frame.instructions ?? (await run.spec.instructions(frame.agent, state.context, run.clock.now()))
  const instructions = said === null ? null : redactor.text(said)
  return {
    run_id: state.run_id,
    agent: frame.agent,
    turn: frame.turn,
    path: frame.path,
    ...(await filterInput(run, frame.agent, { items, instructions }, isWhole)),
    functions: functionsOf(run.spec, frame, ofServers),
    ...(hosted.length === 0 ? {} : { hosted }),
    ...(agent.prompt === undefined
      ? {}
      : { prompt: redactor.json(promptOf(run, frame.agent, agent.prompt)) }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(program.run.reasoning_item_id_policy === 'omit' ? { omits_reasoning_ids: true } : {}),
    handoffs: agent.handoffs.map((handoff) => ({ agent: handoff.agent, function: handoff.tool_name })),
    output: agent.output === undefined ? null : run.spec.answer(agent.output),
    attempts: {
      run: state.attempts.run,
      agent: state.attempts.by_agent.get(frame.agent) ?? 0,
    },
  }
}

/** The request for one model: the agent's settings over the model's. */
export function requestFor(run: RunContext, open: OpenRequest, modelSettings: JsonObject): ModelRequest {
  const frame = frameAt(run.writer.state, run.path)
  return { ...open, settings: settingsOf(agentOf(run.spec.program, open.agent), frame, open, modelSettings) }
}

interface Input {
  readonly items: readonly Item[]
  /** False where the provider has the rest. */
  readonly isWhole: boolean
  readonly conversation?: ConversationSpec
}

/**
 * The whole history, or only what the provider does not have where it keeps the conversation. Nested runs keep their own
 * history. After a response without an id there is nothing to go on from: the history is sent again.
 */
function inputOf(run: RunContext, frame: FrameState): Input {
  const { conversation } = run.spec.program.run
  const whole = (): readonly Item[] => withoutOrphans(modelView(run, frame))
  if (conversation === 'none' || run.path.length > 0 || run.guardDepth > 0)
    return { items: whole(), isWhole: true }
  const { response_id: previous, discarded } = frame.answered
  if (typeof conversation === 'object') {
    const items =
      discarded === null ? frame.unsent : [...discarded.outputs, ...frame.unsent.slice(discarded.known)]
    return { items, isWhole: false, conversation }
  }
  const isWhole = previous === null
  return {
    items: isWhole ? whole() : frame.unsent,
    isWhole,
    conversation: { previous_response_id: previous },
  }
}

/** The history as the current agent sees it: a handoff may have filtered what came before. */
function modelView(run: RunContext, frame: FrameState): readonly Item[] {
  const { items, view } = frame
  if (view === null) {
    const before = beginningOf(run.history, frame)
    return [...before.items, ...items.slice(before.from)]
  }
  return [...view.input_history, ...view.items, ...items.slice(view.from)]
}

/** A flag that names a model wins over the prompt's own. */
function promptOf(
  run: RunContext,
  agent: string,
  prompt: NonNullable<AgentDefinition['prompt']>,
): PromptSpec {
  const { options } = run.writer.state
  const flag = options.agent_models?.[agent] ?? options.model
  return { ...prompt, names_model: prompt.names_model && flag === undefined }
}

/**
 * A tool choice is dropped once the agent has used a tool (`reset_tool_choice`), and when what it names is not offered
 * this turn.
 */
function settingsOf(
  agent: AgentDefinition,
  frame: FrameState,
  { functions, hosted = [] }: OpenRequest,
  modelSettings: JsonObject,
): JsonObject {
  const settings: JsonObject = { ...modelSettings, ...agent.model_settings }
  const isReset = agent.reset_tool_choice && frame.tool_users.has(frame.agent)
  const { tool_choice: choice, ...rest } = settings
  if (isReset || !isOfferedChoice(choice, functions, hosted)) return rest
  const native = functions.find((one) => one.native === choice)
  return native === undefined || choice === undefined ? settings : { ...rest, tool_choice: native.name }
}
