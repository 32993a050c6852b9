/** What the model is asked: instructions, history, and the functions an agent offers. */
import type { Program } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import type { FunctionSpec, ModelRequest } from '../models/model.ts'
import { withoutOrphans } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { frameAt } from '../state/run-state.ts'
import type { FrameState } from '../state/run-state.ts'
import { agentOf, toolsOf } from '../tools/resolve-call.ts'
import type { RunContext } from './run-context.ts'

export async function buildRequest(run: RunContext, modelSettings: JsonObject): Promise<ModelRequest> {
  const { state } = run.writer
  const { program } = run.spec
  const frame = frameAt(state, run.path)
  const agent = agentOf(program, frame.agent)
  const instructions =
    frame.instructions ?? (await run.spec.instructions(frame.agent, state.context, run.clock.now()))
  return {
    run_id: state.run_id,
    agent: frame.agent,
    turn: frame.turn,
    path: frame.path,
    instructions: instructions === null ? null : run.spec.redactor.text(instructions),
    items: withoutOrphans(modelView(run, frame)),
    functions: functionsOf(program, frame),
    handoffs: agent.handoffs.map((handoff) => ({ agent: handoff.agent, function: handoff.tool_name })),
    output: agent.output ?? null,
    settings: settingsOf(program, frame, modelSettings),
    attempts: {
      run: state.attempts.run,
      agent: state.attempts.by_agent.get(frame.agent) ?? 0,
    },
  }
}

/** The history as the current agent sees it: a handoff may have filtered what came before. */
function modelView(run: RunContext, { items, view }: FrameState): readonly Item[] {
  if (view === null) return [...run.history, ...items]
  return [...view.input_history, ...view.items, ...items.slice(view.from)]
}

/** Tools, then handoffs, in the order of the spec, without those this turn does not offer. */
function functionsOf(program: Program, frame: FrameState): readonly FunctionSpec[] {
  const agent = agentOf(program, frame.agent)
  const tools = toolsOf(program, agent).flatMap(([, tool]) =>
    'parameters' in tool
      ? [{ name: tool.name, description: tool.description, parameters: tool.parameters, strict: tool.strict }]
      : [],
  )
  const handoffs = agent.handoffs
    .filter((handoff) => handoff.enabled !== false)
    .map((handoff) => ({
      name: handoff.tool_name,
      description: handoff.tool_description,
      parameters: handoff.input_schema ?? NO_PARAMETERS,
      strict: handoff.input_schema === undefined,
    }))
  return [...tools, ...handoffs].filter(({ name }) => !frame.disabled.has(name))
}

const NO_PARAMETERS: JsonObject = Object.freeze({
  type: 'object',
  properties: Object.freeze({}),
  required: Object.freeze([]),
  additionalProperties: false,
})

/** The agent's settings over the model's. A tool choice is dropped once the agent has used a tool (`reset_tool_choice`). */
function settingsOf(program: Program, frame: FrameState, modelSettings: JsonObject): JsonObject {
  const agent = agentOf(program, frame.agent)
  const settings: JsonObject = { ...modelSettings, ...agent.model_settings }
  if (!agent.reset_tool_choice || !frame.tool_users.has(frame.agent)) return settings
  const { tool_choice: _, ...rest } = settings
  return rest
}
