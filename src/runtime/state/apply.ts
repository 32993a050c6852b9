/**
 * The fold: one event applied to a state. It is pure in what it depends on (the events alone) and the only code that
 * changes a RunState. For speed it changes the state in place; a state has one owner, and `foldJournal` makes a new one.
 */
import { assertNever, InternalError, invariant } from '../../util/invariant.ts'
import {
  addGuardrailUsage,
  completeCall,
  countAttempts,
  decide,
  distrust,
  handOff,
  request,
  respond,
  settle,
  startCall,
} from './apply-calls.ts'
import { changeSpec } from './apply-spec-change.ts'
import type { EventOf, JournalEvent, RunOptions } from './events.ts'
import type { MergedInput } from './history-views.ts'
import { turnItems, withoutOrphans } from './history.ts'
import { answerItem } from './call-item.ts'
import { acceptedKey } from './mcp-tools.ts'
import type { Item } from './item.ts'
import { frameOf, mutable, newFrame, root } from './mutable-state.ts'
import type { MutableFrame, MutableState } from './mutable-state.ts'
import { frameKey } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { delivered, noteUndelivered } from './undelivered.ts'
import { addUsage, NO_USAGE } from './usage.ts'

/** The state of a journal. The first event must be `run.started`, and seqs must have no gaps. */
export function foldJournal(events: readonly JournalEvent[]): RunState {
  const [first, ...rest] = events
  invariant(first?.type === 'run.started', 'a journal begins with run.started')
  const state = startState(first)
  for (const event of rest) applyEvent(state, event)
  return state
}

/** The state after `run.started`. */
export function startState(event: EventOf<'run.started'>): RunState {
  const root = newFrame({ path: [], agent: event.agent, max_turns: null }, event.input)
  root.unmerged = event.merges_input ?? false
  const state: MutableState = {
    run_id: event.run_id,
    seq: event.seq,
    phase: 'active',
    spec: event.spec,
    session: event.session,
    undelivered: [],
    noted_items: 0,
    base_dir: event.base_dir ?? '',
    spec_file: event.spec_file ?? '',
    distrusted_upto: event.distrusted_upto ?? 0,
    options: event.options,
    lock: event.lock ?? null,
    accepted_drift: new Set(),
    context: event.context,
    frames: new Map([[frameKey([]), root]]),
    requests: new Map(),
    sticky: new Map(),
    usage: NO_USAGE,
    tool_calls: 0,
    driven: { before: 0, since: event.at, until: event.at },
    attempts: { run: 0, by_agent: new Map() },
    cancel: null,
    last_response_id: null,
    final_output: null,
    error: null,
    started_at: event.at,
    updated_at: event.at,
  }
  noteUndelivered(state, event)
  return state
}

/** Applies one event to a state, in place. */
export function applyEvent(readonlyState: RunState, event: JournalEvent): void {
  const state = mutable(readonlyState)
  invariant(event.seq === state.seq + 1, `event ${event.seq} does not follow ${state.seq}`)
  state.seq = event.seq
  state.updated_at = event.at
  if (!FROM_OUTSIDE.has(event.type)) state.driven = { ...state.driven, until: event.at }
  applyByType(state, event)
  noteUndelivered(state, event)
  if (event.seq === state.distrusted_upto) distrust(state)
}

/** Events that others append, perhaps long after the driver rested. `run.resumed` closes the account of a segment itself. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set([
  'approval.decided',
  'input.added',
  'cancel.requested',
  'run.resumed',
  'run.migrated',
  'session.appended',
])

function applyByType(state: MutableState, event: JournalEvent): void {
  switch (event.type) {
    case 'run.started':
      throw new InternalError('run.started is the first event of a journal')
    case 'run.resumed':
      return resume(state, event)
    case 'run.migrated':
      return changeSpec(state, event)
    case 'drift.accepted':
      return event.tools.forEach((tool) => void state.accepted_drift.add(acceptedKey(tool)))
    case 'turn.started':
      return startTurn(frameOf(state, event), event)
    case 'model.responded':
      return respond(state, event)
    case 'tool.started':
      return startCall(state, event)
    case 'tool.completed':
      return completeCall(state, event)
    case 'approval.requested':
      return request(state, event)
    case 'approval.decided':
      return decide(state, event)
    case 'handoff.occurred':
      return handOff(frameOf(state, event), event)
    case 'guardrail.tripped':
      return trip(state, event)
    case 'input.added':
      return addInput(root(state), event)
    case 'session.appended':
      return delivered(state, event)
    case 'session.compacted':
      return void (state.usage = addUsage(state.usage, event.usage))
    case 'cancel.requested':
      return void (state.cancel = {
        by: event.by,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
      })
    case 'run.paused':
      return pause(state)
    case 'run.completed':
      return complete(state, event)
    case 'run.failed':
      return fail(state, event)
    case 'run.cancelled':
      return cancel(state)
    default:
      return assertNever(event)
  }
}

function resume(state: MutableState, event: EventOf<'run.resumed'>): void {
  const failedOn = state.error?.code
  const { before, since, until } = state.driven
  const driven = Math.max(0, Date.parse(until) - Date.parse(since))
  state.driven = { before: before + driven, since: event.at, until: event.at }
  state.phase = 'active'
  state.error = null
  state.options = mergeOptions(state.options, event.options)
  changeSpec(state, event)
  if (event.context !== undefined) state.context = event.context
  if (failedOn !== undefined && ANSWER_FAILURES.has(failedOn)) discardResponse(root(state))
}

/** Failures of the answer itself: going on means asking the model again. */
const ANSWER_FAILURES: ReadonlySet<string> = new Set([
  'model_behavior_error',
  'model_refusal',
  'invalid_final_output',
])

function mergeOptions(old: RunOptions, replaced: RunOptions): RunOptions {
  return { ...old, ...replaced }
}

const NOT_CARRIED_OUT = 'This call was not carried out.'

/** A response of which something was already carried out stays. */
function discardResponse(frame: MutableFrame): void {
  if (frame.settled || frame.calls.some((call) => call.status !== 'open')) return
  const { before } = frame.answered
  if (before !== null) {
    const outputs = frame.calls.map((call) => answerItem({ ...call, is_error: true }, NOT_CARRIED_OUT))
    const discarded = { known: before.unsent.length, outputs }
    frame.answered = { response_id: before.response_id, before: null, discarded }
    frame.unsent = [...before.unsent]
  }
  frame.response = null
  frame.calls = []
  frame.ambiguous_call = null
  frame.handoff = null
}

/** Input joins the history before the next model call: at once where that call is still to be made, else at the next turn. */
function addInput(frame: MutableFrame, event: EventOf<'input.added'>): void {
  frame.unjudged = [...frame.unjudged, ...event.items]
  if (frame.response === null && !frame.settled) addItems(frame, event.items)
  else frame.staged = [...frame.staged, ...event.items]
}

function addItems(frame: MutableFrame, items: readonly Item[]): void {
  frame.items.push(...items)
  frame.unsent.push(...items)
}

function startTurn(frame: MutableFrame, event: EventOf<'turn.started'>): void {
  if (event.merged !== undefined) merge(frame, event.merged)
  frame.unmerged = false
  takeInput(frame)
  frame.turn = event.turn
  frame.agent = event.agent
  frame.disabled = new Set(event.disabled)
  frame.mcp_tools = event.mcp_tools ?? frame.mcp_tools
  frame.instructions = event.instructions ?? null
  frame.response = null
  frame.calls = []
  frame.settled = false
  frame.handoff = null
  frame.tripped = []
}

/** What is new of it takes the place of the input. */
function merge(frame: MutableFrame, { view, input }: MergedInput): void {
  const items = input.flatMap((place) => {
    const item = view[place]
    return typeof item === 'object' ? [item] : []
  })
  frame.items = items
  frame.unsent = [...items]
  frame.input_items = items.length
  frame.merged = { view, from: items.length }
}

/** Staged input becomes history, after the turn that ends here. */
function takeInput(frame: MutableFrame): void {
  if (!frame.settled) settle(frame)
  addItems(frame, frame.staged)
  frame.staged = []
}

/** Input stays what was said, also where nobody is allowed to answer it. */
function trip(state: MutableState, event: EventOf<'guardrail.tripped'>): void {
  const frame = frameOf(state, event)
  addGuardrailUsage(state, event)
  frame.tripped = [...frame.tripped, event]
  if (event.where === 'input') frame.unmerged = false
  if (event.where === 'input' && (frame.settled || frame.response !== null)) takeInput(frame)
}

function pause(state: MutableState): void {
  state.phase = 'paused'
  for (const request of state.requests.values()) request.reported = true
}

function complete(state: MutableState, event: EventOf<'run.completed'>): void {
  if (!root(state).settled) settle(root(state))
  root(state).items.push(...(event.items ?? []))
  addGuardrailUsage(state, event)
  state.phase = 'completed'
  state.final_output = event.final_output
  closeRequests(state)
}

function fail(state: MutableState, event: EventOf<'run.failed'>): void {
  state.phase = 'failed'
  state.error = event.error
  if (event.attempts !== undefined)
    countAttempts(state, event.error.agent ?? root(state).agent, event.attempts)
}

function cancel(state: MutableState): void {
  const frame = root(state)
  frame.unmerged = false
  if (!frame.settled) {
    frame.items.push(...withoutOrphans(turnItems(frame)))
    frame.settled = true
  }
  state.phase = 'cancelled'
  closeRequests(state)
}

function closeRequests(state: MutableState): void {
  for (const requestState of state.requests.values()) requestState.status = 'closed'
}
