/**
 * The one decision of the run loop: from a Program and a state to the next step. Pure: the same arguments give the
 * same step, and nothing is changed. Everything a run does begins here.
 */
import type { Program } from '../../compiler/program.ts'
import type { Json } from '../../util/json.ts'
import type { RunError } from '../state/events.ts'
import type { CallOutput } from '../state/item.ts'
import { frameAt, nestedFrame } from '../state/run-state.ts'
import type { CallState, FrameState, RunState } from '../state/run-state.ts'
import { isAboutStarted } from '../approvals/about-started.ts'
import { isAsAsked, viewCall } from '../approvals/call-view.ts'
import { trippedError } from '../guardrails/trip.ts'
import { answerText, finalCall } from './final-call.ts'
import { exceededLimit } from './limits.ts'
import type { Situation } from './limits.ts'
import { outputText } from './output-text.ts'
import { agentOf, resolveCall } from '../tools/resolve-call.ts'
import { unusableResponse } from './unusable-response.ts'

/** How a turn begins, or why it must not. */
type TurnStep =
  | { readonly type: 'fail'; readonly error: RunError }
  /** Ask the model. `starts`: the turn is new. */
  | { readonly type: 'call_model'; readonly agent: string; readonly turn: number; readonly starts: boolean }

/** What a tool gave in the turn that is judged. */
export interface ToolResult {
  readonly tool: string
  readonly call_id: string
  readonly output: CallOutput
}

export type Step =
  | { readonly type: 'cancel'; readonly by: string; readonly reason: string | undefined }
  | TurnStep
  /** Bring these calls forward: ask for approval, answer, or run their bodies. */
  | { readonly type: 'run_calls'; readonly calls: readonly CallState[] }
  | { readonly type: 'hand_off'; readonly call: CallState; readonly ignored: readonly CallState[] }
  /** The text of the last message, or the output of a tool that ends the run. */
  | { readonly type: 'finish'; readonly text: string; readonly from: 'model' | 'tool' }
  /** Ask the agent's `tool_use_behavior` whether these results end the run; `otherwise` follows when they do not. */
  | {
      readonly type: 'judge_results'
      readonly agent: string
      readonly handler: string
      readonly results: readonly ToolResult[]
      readonly otherwise: TurnStep
    }
  /** The answer as it is. */
  | { readonly type: 'complete'; readonly output: Json }
  | { readonly type: 'pause' }

/**
 * @param now Milliseconds since the epoch, for requests that expire.
 * @param path Of the frame: the outer run, or a nested one.
 */
export function next(program: Program, state: RunState, now: number, path: readonly string[] = []): Step {
  if (state.cancel !== null) return { type: 'cancel', by: state.cancel.by, reason: state.cancel.reason }
  const frame = frameAt(state, path)
  const here: Situation = { program, state, frame, now }
  const tripped = trippedError(program, frame)
  if (tripped !== null) return { type: 'fail', error: tripped }
  if (frame.settled) return frame.handoff !== null || frame.turn === 0 ? startTurn(here) : afterCalls(here)
  if (frame.response === null)
    return { type: 'call_model', agent: frame.agent, turn: frame.turn, starts: false }
  return frame.calls.length === 0 ? afterAnswer(here) : afterResponse(here)
}

/** A response without calls: its text is the answer, unless there is none. */
function afterAnswer(here: Situation): Step {
  const { program, frame } = here
  const { text, refusal } = outputText(frame.response ?? [])
  if (refusal !== null) {
    const message = `The model refused to answer: ${refusal}`
    return { type: 'fail', error: { code: 'model_refusal', message, agent: frame.agent } }
  }
  if (text === null && agentOf(program, frame.agent).output !== undefined) return startTurn(here)
  return { type: 'finish', text: text ?? '', from: 'model' }
}

function afterResponse(here: Situation): Step {
  const { program, state, frame, now } = here
  const broken = unusableResponse(program, frame)
  if (broken !== null) return { type: 'fail', error: broken }
  const handoffs = frame.calls.filter((call) => isHandoff(program, call))
  const work = frame.calls.filter((call) => !isHandoff(program, call) && hasWork(program, state, call, now))
  if (work.length > 0) return { type: 'run_calls', calls: work }
  if (frame.calls.some((call) => call.status === 'pending' || call.status === 'started'))
    return { type: 'pause' }
  const [first, ...others] = handoffs.filter((call) => call.status !== 'completed')
  if (first !== undefined) return { type: 'hand_off', call: first, ignored: others }
  return afterCalls(here)
}

function hasWork(program: Program, state: RunState, call: CallState, now: number): boolean {
  if (call.status === 'pending') return needsNewAnswer(program, state, call, now)
  const nested = nestedFrame(state, call)
  if (nested !== undefined) return next(program, state, now, nested.path).type !== 'pause'
  return call.status !== 'completed'
}

/** A pending request that `always` answers, one nobody answered in time, or one that no longer says what would run. */
function needsNewAnswer(program: Program, state: RunState, call: CallState, now: number): boolean {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  if (request === undefined || request.stale) return true
  const { expires_at: expiresAt } = request.interruption
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return true
  const view = viewCall(program, call)
  if (view === null || !isAsAsked(view, request)) return true
  return !isAboutStarted(request.kind) && state.sticky.has(view.identity)
}

/** Every call of the turn has its output: do they end the run? (`tool_use_behavior`) */
function afterCalls(here: Situation): Step {
  const { program, frame } = here
  const behavior = agentOf(program, frame.agent).tool_use_behavior
  const results = frame.handoff === null ? toolResults(program, frame) : []
  if (behavior === 'run_llm_again' || results.length === 0) return startTurn(here)
  if (typeof behavior === 'object' && 'handler' in behavior) {
    const { agent } = frame
    return { type: 'judge_results', agent, handler: behavior.handler, results, otherwise: startTurn(here) }
  }
  const output = finalCall(program, frame)?.output ?? null
  return output === null ? startTurn(here) : { type: 'finish', text: answerText(output), from: 'tool' }
}

/** What the tools of the turn gave, in the order of their calls. */
function toolResults(program: Program, frame: FrameState): readonly ToolResult[] {
  return frame.calls.flatMap((call) =>
    call.output !== null && resolveCall(program, call).kind === 'tool'
      ? [{ tool: call.name, call_id: call.call_id, output: call.output }]
      : [],
  )
}

function startTurn(here: Situation): TurnStep {
  const { frame } = here
  const exceeded = exceededLimit(here)
  if (exceeded !== null) return { type: 'fail', error: exceeded }
  return { type: 'call_model', agent: frame.agent, turn: frame.turn + 1, starts: true }
}

function isHandoff(program: Program, call: CallState): boolean {
  return resolveCall(program, call).kind === 'handoff'
}
