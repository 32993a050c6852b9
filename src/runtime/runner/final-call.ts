/** Which call of a turn ends the run: `tool_use_behavior`. */
import type { Program } from '../../compiler/program.ts'
import type { CallState, FrameState } from '../state/run-state.ts'
import { agentOf, resolveCall } from '../tools/resolve-call.ts'

/** The first tool, or the first one named, whose output is the answer; `null` where the model goes on. */
export function finalCall(program: Program, frame: FrameState): CallState | null {
  const behavior = agentOf(program, frame.agent).tool_use_behavior
  if (behavior === 'run_llm_again' || frame.handoff !== null) return null
  const stops = (name: string): boolean =>
    behavior === 'stop_on_first_tool' ||
    ('stop_at_tool_names' in behavior && behavior.stop_at_tool_names.includes(name))
  const called = frame.calls.find((call) => {
    const resolved = resolveCall(program, call)
    // What was only allowed to run has no output yet.
    return resolved.kind === 'tool' && call.form !== 'mcp_approval_request' && stops(resolved.tool.name)
  })
  return called ?? null
}

/** The output of a call as the answer of a run. */
export function answerText(output: NonNullable<CallState['output']>): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}
