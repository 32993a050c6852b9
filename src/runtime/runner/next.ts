/**
 * The one decision of the run loop: from a Program and a state to the next step. Pure: the same arguments give the
 * same step, and nothing is changed. Everything a run does begins here.
 */
import type { Program } from '../../compiler/program.ts'
import type { RunError } from '../state/events.ts'
import { rootFrame } from '../state/run-state.ts'
import type { CallState, FrameState, RunState } from '../state/run-state.ts'
import { digestOf, viewCall } from '../approvals/call-view.ts'
import { outputText } from './output-text.ts'
import { agentOf, resolveCall } from '../tools/resolve-call.ts'

export type Step =
  | { readonly type: 'cancel'; readonly by: string; readonly reason: string | undefined }
  | { readonly type: 'fail'; readonly error: RunError }
  /** Ask the model. `starts`: the turn is new. */
  | { readonly type: 'call_model'; readonly agent: string; readonly turn: number; readonly starts: boolean }
  /** Bring these calls forward: ask for approval, answer, or run their bodies. */
  | { readonly type: 'run_calls'; readonly calls: readonly CallState[] }
  | { readonly type: 'hand_off'; readonly call: CallState; readonly ignored: readonly CallState[] }
  /** The text of the last message, or the output of a tool that ends the run. */
  | { readonly type: 'finish'; readonly text: string; readonly from: 'model' | 'tool' }
  | { readonly type: 'pause' }

/** `now`: milliseconds since the epoch, for requests that expire. */
export function next(program: Program, state: RunState, now: number): Step {
  if (state.cancel !== null) return { type: 'cancel', by: state.cancel.by, reason: state.cancel.reason }
  const frame = rootFrame(state)
  if (frame.settled)
    return frame.handoff !== null || frame.turn === 0
      ? startTurn(program, state, frame)
      : afterCalls(program, state, frame)
  if (frame.response === null)
    return { type: 'call_model', agent: frame.agent, turn: frame.turn, starts: false }
  return frame.calls.length === 0
    ? afterAnswer(program, state, frame)
    : afterResponse(program, state, frame, now)
}

/** A response without calls: its text is the answer, unless there is none. */
function afterAnswer(program: Program, state: RunState, frame: FrameState): Step {
  const { text, refusal } = outputText(frame.response ?? [])
  if (refusal !== null) {
    return fail('model_refusal', `The model refused to answer: ${refusal}`, { agent: frame.agent })
  }
  if (text === null && agentOf(program, frame.agent).output !== undefined)
    return startTurn(program, state, frame)
  return { type: 'finish', text: text ?? '', from: 'model' }
}

function afterResponse(program: Program, state: RunState, frame: FrameState, now: number): Step {
  const broken = unusableResponse(program, frame)
  if (broken !== null) return { type: 'fail', error: broken }
  const handoffs = frame.calls.filter((call) => isHandoff(program, call))
  const work = frame.calls.filter((call) => !isHandoff(program, call) && hasWork(program, state, call, now))
  if (work.length > 0) return { type: 'run_calls', calls: work }
  if (frame.calls.some((call) => call.status === 'pending')) return { type: 'pause' }
  const [first, ...others] = handoffs.filter((call) => call.status !== 'completed')
  if (first !== undefined) return { type: 'hand_off', call: first, ignored: others }
  return afterCalls(program, state, frame)
}

/** What makes a whole response unusable, before anything of it runs. */
function unusableResponse(program: Program, frame: FrameState): RunError | null {
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
  const unknown = frame.calls.find((call) => resolveCall(program, call.agent, call.name).kind === 'unknown')
  if (unknown === undefined) return null
  return error('model_behavior_error', `Tool ${unknown.name} not found in agent ${unknown.agent}`, {
    ...agent,
    tool: unknown.name,
    call_id: unknown.call_id,
  })
}

function hasWork(program: Program, state: RunState, call: CallState, now: number): boolean {
  if (call.status === 'pending') return needsNewAnswer(program, state, call, now)
  return call.status !== 'completed'
}

/** A pending request that `always` answers, one nobody answered in time, or one that no longer says what would run. */
function needsNewAnswer(program: Program, state: RunState, call: CallState, now: number): boolean {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  if (request === undefined) return true
  const { expires_at: expiresAt, digest } = request.interruption
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return true
  const view = viewCall(program, call)
  if (view === null || digestOf(view, request.kind) !== digest) return true
  return request.kind !== 'in_doubt' && state.sticky.has(view.identity)
}

/** Every call of the turn has its output: does one of them end the run? */
function afterCalls(program: Program, state: RunState, frame: FrameState): Step {
  const final = finalToolOutput(program, frame)
  return final === null ? startTurn(program, state, frame) : { type: 'finish', text: final, from: 'tool' }
}

/** `tool_use_behavior`: the output of the first tool, or of the first one named, is the answer. */
function finalToolOutput(program: Program, frame: FrameState): string | null {
  const behavior = agentOf(program, frame.agent).tool_use_behavior
  if (behavior === 'run_llm_again' || frame.handoff !== null) return null
  const stops = (call: CallState): boolean =>
    behavior === 'stop_on_first_tool' ||
    ('stop_at_tool_names' in behavior && behavior.stop_at_tool_names.includes(call.name))
  const call = frame.calls.find(
    (one) => resolveCall(program, one.agent, one.name).kind === 'tool' && stops(one),
  )
  if (call === undefined || call.output === null) return null
  return typeof call.output === 'string' ? call.output : JSON.stringify(call.output)
}

function startTurn(program: Program, state: RunState, frame: FrameState): Step {
  const limit = state.options.max_turns === undefined ? program.run.max_turns : state.options.max_turns
  if (limit !== null && frame.turn >= limit) {
    return fail('max_turns_exceeded', `Max turns (${limit}) exceeded`, { agent: frame.agent })
  }
  return { type: 'call_model', agent: frame.agent, turn: frame.turn + 1, starts: true }
}

function isHandoff(program: Program, call: CallState): boolean {
  return resolveCall(program, call.agent, call.name).kind === 'handoff'
}

function fail(code: string, message: string, about: Omit<RunError, 'code' | 'message'>): Step {
  return { type: 'fail', error: error(code, message, about) }
}

function error(code: string, message: string, about: Omit<RunError, 'code' | 'message'>): RunError {
  return { code, message, ...about }
}
