/** Which call of a turn ends the run: `tool_use_behavior`. */
import type { Program } from '../../compiler/program.ts'
import type { CallState, FrameState } from '../state/run-state.ts'
import { agentOf, resolveCall } from '../tools/resolve-call.ts'

/** The first tool, or the first one named, whose output is the answer; `null` where the model goes on. */
export function finalCall(program: Program, frame: FrameState): CallState | null {
  const behavior = agentOf(program, frame.agent).tool_use_behavior
  if (behavior === 'run_llm_again' || frame.handoff !== null) return null
  const stops = (call: CallState): boolean =>
    behavior === 'stop_on_first_tool' ||
    ('stop_at_tool_names' in behavior && behavior.stop_at_tool_names.includes(call.name))
  return frame.calls.find((one) => resolveCall(program, one).kind === 'tool' && stops(one)) ?? null
}

/** The output of a call as the answer of a run. */
export function answerText(output: NonNullable<CallState['output']>): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}
