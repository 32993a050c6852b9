/** Responses that no part of may be carried out. */
import type { Program } from '../../compiler/program.ts'
import type { RunError } from '../state/events.ts'
import type { FrameState } from '../state/run-state.ts'
import { resolveCall } from '../tools/resolve-call.ts'

/** What makes a whole response unusable, before anything of it runs. */
export function unusableResponse(program: Program, frame: FrameState): RunError | null {
  const agent = { agent: frame.agent }
  if (frame.ambiguous_call !== null) {
    return error(
      'model_behavior_error',
      `The model used call id ${frame.ambiguous_call} for two different calls`,
      {
        ...agent,
        call_id: frame.ambiguous_call,
      },
    )
  }
  const unnamed = frame.calls.find((call) => call.call_id === '')
  if (unnamed !== undefined) {
    return error('model_behavior_error', `The model called ${unnamed.name} without a call id`, agent)
  }
  const limit = program.run.max_tool_calls_per_turn
  if (frame.calls.length > limit) {
    return error(
      'model_behavior_error',
      `The model made ${frame.calls.length} calls in one turn; the limit is ${limit}`,
      agent,
    )
  }
  if (program.run.tool_not_found === 'return_error') return null
  const unknown = frame.calls.find((call) => resolveCall(program, call).kind === 'unknown')
  if (unknown === undefined) return null
  return error('model_behavior_error', `Tool ${unknown.name} not found in agent ${unknown.agent}`, {
    ...agent,
    tool: unknown.name,
    call_id: unknown.call_id,
  })
}

function error(code: string, message: string, about: Omit<RunError, 'code' | 'message'>): RunError {
  return { code, message, ...about }
}
