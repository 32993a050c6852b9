/**
 * RunState: everything a run needs, as the fold of its journal. Nothing else is persisted for a run.
 *
 * Terminology: a *frame* is one level of agents calling agents: the outer run has the path `[]`, the run of an agent
 * tool the call ids that lead to it. A *turn* is one model call with the calls it made; it is *settled* once each of
 * its calls has an output, and only settled turns become history (of the run, and of its session).
 */
import type { Json, JsonObject } from '../../util/json.ts'
import type {
  CallKind,
  EventOf,
  EventPayloads,
  Interruption,
  NotRunReason,
  RunError,
  RunOptions,
  SpecReference,
} from './events.ts'
import type { SessionRange } from './session-range.ts'
import type { HandoffView, MergedInput } from './history-views.ts'
import type { CallForm } from './call-item.ts'
import type { ElicitationAnswer } from './elicitation.ts'
import type { CallOutput, Item } from './item.ts'
import type { CalledMcpTool, OfferedMcpTool, RunLock } from './mcp-tools.ts'
import type { Usage } from './usage.ts'

/** `active`: neither ended nor paused. */
export type RunPhase = 'active' | 'paused' | 'completed' | 'failed' | 'cancelled'

/** One call of the current turn. */
export interface CallState {
  /** The type of the item it came as. */
  readonly form: CallForm
  readonly call_id: string
  /** Of the frame it belongs to. */
  readonly path: readonly string[]
  readonly turn: number
  readonly agent: string
  /** As the model named it. */
  readonly name: string
  /** The names that the model was not offered in its turn. */
  readonly disabled: ReadonlySet<string>
  /** The tool of an MCP server it means. */
  readonly mcp: CalledMcpTool | null
  /** As the model wrote them, without the nulls that strict mode made it write: JSON text, perhaps unusable. */
  readonly arguments_text: string
  /**
   * `open`: nothing decided yet. `pending`: waits for a person. `decided`: a person has answered. `started`: the body
   * may have run. `completed`: it has an output.
   */
  readonly status: 'open' | 'pending' | 'decided' | 'started' | 'completed'
  /** The seq of its latest `approval.requested`. */
  readonly request: number | null
  /** The seq of its `tool.started`. */
  readonly started: number | null
  /** A person must say what became of it: it started somewhere we cannot vouch for. */
  readonly must_ask: boolean
  /** The seq of the decision its latest step consumed. */
  readonly consumed: number | null
  /** The arguments it ran with, when a person edited them. */
  readonly edited_arguments: JsonObject | null
  /** What people answered to questions of the server, in the order it asked. */
  readonly answers: readonly ElicitationAnswer[]
  readonly output: CallOutput | null
  readonly is_error: boolean
  readonly reason: NotRunReason | null
}

export interface HandoffState {
  readonly to: string
  readonly call_id: string
  readonly ignored: readonly string[]
}

/** How far a provider that keeps the conversation has come. */
export interface AnsweredState {
  readonly response_id: string | null
  /** Before the latest response; `null` before the first one. */
  readonly before: { readonly response_id: string | null; readonly unsent: readonly Item[] } | null
  /**
   * The latest response was not used. A conversation with an id has it all the same: so many of the unsent items it knows
   * already, and it wants these outputs for the calls that were not carried out.
   */
  readonly discarded: { readonly known: number; readonly outputs: readonly Item[] } | null
}

export interface FrameState {
  readonly path: readonly string[]
  readonly agent: string
  /** 0 before the first turn. */
  readonly turn: number
  /** Of a nested run; `null`: no limit. */
  readonly max_turns: number | null
  /** The input and every settled turn, as the model sees them. */
  readonly items: readonly Item[]
  /** How many of `items` it began with. */
  readonly input_items: number
  /** The input waits for `session.input_callback`: the session does not have it yet. */
  readonly unmerged: boolean
  /** What that callback put in the place of the session's history and the first `from` items. */
  readonly merged: { readonly view: MergedInput['view']; readonly from: number } | null
  /** The items of the current turn's response; `null` before it came. */
  readonly response: readonly Item[] | null
  /** The calls of the current response, in the order the model made them. */
  readonly calls: readonly CallState[]
  /** A call id that this response uses for two different calls. */
  readonly ambiguous_call: string | null
  /** True once the current turn is part of `items`. */
  readonly settled: boolean
  readonly handoff: HandoffState | null
  /** Input that joins the history at the next turn. */
  readonly staged: readonly Item[]
  /** Input that no guardrail has let pass yet, where there are guardrails for it. */
  readonly unjudged: readonly Item[]
  /** The guardrails that tripped in this turn, or before it began. */
  readonly tripped: readonly EventOf<'guardrail.tripped'>[]
  /** Names the model is not offered this turn. */
  readonly disabled: ReadonlySet<string>
  /** The tools of MCP servers it is offered. */
  readonly mcp_tools: readonly OfferedMcpTool[]
  /** The instructions a handler gave for this turn. */
  readonly instructions: string | null
  /** What the model sees instead of the items before `from`, since the last handoff that filtered them. */
  readonly view: (HandoffView & { readonly from: number }) | null
  /** What the provider has not seen yet, where it keeps the conversation itself: input and outputs of calls. */
  readonly unsent: readonly Item[]
  /** The provider's id of the latest response, and what was unsent before it: asking again begins there. */
  readonly answered: AnsweredState
  /** Agents that have used a tool since their tool choice was last set: `reset_tool_choice`. */
  readonly tool_users: ReadonlySet<string>
}

/** A request and what became of it. */
export interface RequestState {
  readonly interruption: Interruption
  readonly turn: number
  readonly kind: CallKind | 'in_doubt' | 'elicitation'
  /** Of the tool as shown. */
  readonly tool_identity: string
  readonly rule: JsonObject
  /** `closed`: consumed, asked anew, expired, or its run ended. */
  readonly status: 'pending' | 'decided' | 'closed'
  readonly decision: EventOf<'approval.decided'> | null
  /** The spec has changed since: the call is to be asked about anew, whatever is answered. */
  readonly stale: boolean
  /** A pause has said that it waits. */
  readonly reported: boolean
}

/** Items of the outer run that its session, in another store, may not have yet: the places `from` to `upto` (exclusive). */
export interface UndeliveredItems {
  /** The seq of the event that added them, which names the append. */
  readonly seq: number
  readonly from: number
  readonly upto: number
  /** The agent that spoke last then. */
  readonly agent: string
}

/** A decision that holds for every later call of a tool. */
export interface StickyDecision {
  readonly decision: 'approve' | 'reject'
  readonly message: string | null
  /** The seq of the decision. */
  readonly seq: number
}

export interface RunState {
  readonly run_id: string
  /** The seq of the last event folded. */
  readonly seq: number
  readonly phase: RunPhase
  readonly spec: SpecReference
  readonly session: SessionRange | null
  /** Oldest first; none where the run store keeps the session. */
  readonly undelivered: readonly UndeliveredItems[]
  /** How many items of the outer run are delivered or in `undelivered`. */
  readonly noted_items: number
  /** Empty where the run came from another machine. */
  readonly base_dir: string
  /** The spec's file in that folder; empty where it is not known. */
  readonly spec_file: string
  /** Decisions up to this seq that were not consumed by then do not count; 0 for a run of our own. */
  readonly distrusted_upto: number
  readonly options: RunOptions
  /** What the tools of its MCP servers may be; `null`: anything. */
  readonly lock: RunLock | null
  /** By `acceptedKey`: tools that are not what was locked, and that a person has accepted. */
  readonly accepted_drift: ReadonlySet<string>
  readonly context: JsonObject
  /** By `frameKey` of their path. */
  readonly frames: ReadonlyMap<string, FrameState>
  readonly requests: ReadonlyMap<number, RequestState>
  /** By tool identity. */
  readonly sticky: ReadonlyMap<string, StickyDecision>
  readonly usage: Usage
  /** Bodies started, in nested runs too. */
  readonly tool_calls: number
  /** Milliseconds driven in earlier segments, when this one began, and its last event by the driver. */
  readonly driven: { readonly before: number; readonly since: string; readonly until: string }
  readonly attempts: { readonly run: number; readonly by_agent: ReadonlyMap<string, number> }
  readonly cancel: EventPayloads['cancel.requested'] | null
  readonly last_response_id: string | null
  readonly final_output: Json
  readonly error: RunError | null
  readonly started_at: string
  readonly updated_at: string
}

/** The frame of the outer run. */
export function rootFrame(state: RunState): FrameState {
  return frameAt(state, [])
}

/** The frame at a path. */
export function frameAt(state: RunState, path: readonly string[]): FrameState {
  const frame = state.frames.get(frameKey(path))
  if (frame === undefined) throw new RangeError(`no frame at ${frameKey(path)}`)
  return frame
}

/** The nested run a call has begun, if it is an agent tool. */
export function nestedFrame(state: RunState, call: CallState): FrameState | undefined {
  return state.frames.get(frameKey([...call.path, call.call_id]))
}

/** `turn:call_id` of a call and of each call it is nested in, from the outside: the same for every attempt at it. */
export function callAddress(state: RunState, call: CallState): string {
  const outer = call.path.map((id, depth) => {
    const turn = frameAt(state, call.path.slice(0, depth)).turn
    return `${turn}:${id}`
  })
  return [...outer, `${call.turn}:${call.call_id}`].join('/')
}

export function frameKey(path: readonly string[]): string {
  return JSON.stringify(path)
}

/** Requests nobody has decided yet, oldest first. */
export function pendingRequests(state: RunState): readonly RequestState[] {
  return [...state.requests.values()].filter((request) => request.status === 'pending')
}

/** The phase as others see it: a run has not come to rest before its session has what was said in it. */
export function restingPhase({ phase, undelivered }: RunState): RunPhase {
  return undelivered.length === 0 ? phase : 'active'
}

/** True when a run cannot go on any more: completed or cancelled. A failed run can be resumed. */
export function hasEnded(state: RunState): boolean {
  return state.phase === 'completed' || state.phase === 'failed' || state.phase === 'cancelled'
}
