/** How far a run may go: turns, and what its budget allows. */
import type { Program } from '../../compiler/program.ts'
import type { RunError } from '../state/events.ts'
import type { FrameState, RunState } from '../state/run-state.ts'

/** What a decision is about: one frame of one state, at one time (milliseconds since the epoch). */
export interface Situation {
  readonly program: Program
  readonly state: RunState
  readonly frame: FrameState
  readonly now: number
}

/** Why the next turn must not begin; `null` when it may. */
export function exceededLimit(here: Situation): RunError | null {
  const { agent, turn } = here.frame
  const spent = exceededBudget(here)
  if (spent !== null)
    return { code: 'budget_exceeded', message: `The run has used up its budget: ${spent}`, agent }
  const limit = turnLimit(here)
  if (limit === null || turn < limit) return null
  return { code: 'max_turns_exceeded', message: `Max turns (${limit}) exceeded`, agent }
}

function turnLimit({ program, state, frame }: Situation): number | null {
  if (frame.path.length > 0) return frame.max_turns
  return state.options.max_turns === undefined ? program.run.max_turns : state.options.max_turns
}

/** What of `run.budget` is used up; the next turn would exceed it. */
function exceededBudget({ program, state, now }: Situation): string | null {
  const { budget } = program.run
  if (budget === undefined) return null
  const { before, since } = state.driven
  const used: readonly (readonly [string, number, number | undefined])[] = [
    ['tokens', state.usage.total_tokens, budget.tokens],
    ['requests', state.usage.requests, budget.requests],
    ['tool calls', state.tool_calls, budget.tool_calls],
    ['milliseconds', before + Math.max(0, now - Date.parse(since)), budget.duration],
  ]
  const spent = used.find(([, amount, limit]) => limit !== undefined && amount >= limit)
  return spent === undefined ? null : `${spent[1]} of ${spent[2]} ${spent[0]}`
}
