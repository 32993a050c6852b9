/** Whether an event about the body of a call can follow a state: nothing runs that was not allowed, as it was allowed. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { Json } from '../../util/json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { readArguments } from '../approvals/call-view.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import { frameAt } from '../state/run-state.ts'
import type { CallState, RequestState, RunState } from '../state/run-state.ts'
import { requestObjection } from './check-approvals.ts'

/** What speaks against the event; `null` when nothing does, or when it is of another kind. */
export function callObjection(state: RunState, event: JournalEvent): string | null {
  if (!isCallEvent(event)) return null
  const frame = frameAt(state, event.path ?? [])
  const call = frame.calls.find((one) => one.call_id === event.call_id)
  if (call === undefined) return `call ${event.call_id} is not part of the current turn`
  if (frame.ambiguous_call !== null) return `call id ${frame.ambiguous_call} stands for two calls`
  if (call.status === 'completed') return `call ${event.call_id} has its output already`
  if (!isAbout(call, event)) return `it does not describe call ${event.call_id} as the model made it`
  const request = call.request === null ? undefined : state.requests.get(call.request)
  if (event.type === 'tool.started') return beginObjection(call, request, event)
  if (event.type === 'tool.completed') return outputObjection(state, call, request, event)
  return requestObjection(call, event)
}

type CallEvent = EventOf<'tool.started'> | EventOf<'tool.completed'> | EventOf<'approval.requested'>

function isCallEvent(event: JournalEvent): event is CallEvent {
  return (
    event.type === 'tool.started' || event.type === 'tool.completed' || event.type === 'approval.requested'
  )
}

/** The tools of a server may have been offered under longer names. */
function isAbout(call: CallState, event: CallEvent): boolean {
  const { server, kind, tool } = event
  const isNamed = server === null ? call.name === tool : call.name.endsWith(tool)
  const isOfKind = WITH_SERVER.has(kind) ? server !== null : server === null || WITH_OR_WITHOUT.has(kind)
  return isNamed && isOfKind && call.turn === event.turn && call.agent === event.agent
}

const WITH_SERVER: ReadonlySet<string> = new Set(['mcp', 'hosted_mcp'])
const WITH_OR_WITHOUT: ReadonlySet<string> = new Set(['in_doubt', 'elicitation'])

function beginObjection(
  call: CallState,
  request: RequestState | undefined,
  event: EventOf<'tool.started'>,
): string | null {
  const answer = call.status === 'decided' ? (request?.decision ?? null) : null
  const objection = answer === null ? freeObjection(call, event) : approvalObjection(answer, event)
  if (objection !== null) return objection
  return isSame(event.arguments, answer?.arguments ?? readArguments(call).usable) ? null : OTHER_ARGUMENTS
}

const OTHER_ARGUMENTS = 'it has other arguments than the call'

/** Without an answer a body runs when nobody had to be asked, or once more as it ran before. */
function freeObjection(call: CallState, { decision }: EventOf<'tool.started'>): string | null {
  if (call.status !== 'open' && call.status !== 'started') return `the call is ${call.status}`
  if (call.must_ask) return 'whether to run it again is for a person to say'
  return decision === call.consumed ? null : notOneOf(decision)
}

function approvalObjection(
  answer: EventOf<'approval.decided'>,
  { decision }: EventOf<'tool.started'>,
): string | null {
  if (answer.seq !== decision) return notOneOf(decision)
  if (answer.decision === 'reject') return 'the call was rejected'
  return answer.result === undefined ? null : 'the call was answered with a result'
}

function notOneOf(decision: number | null): string {
  return decision === null ? 'it names no decision' : `decision ${decision} is not the one on this call`
}

/** Only a body that was started, or a person who knows what it did, gives an output without a reason. */
function outputObjection(
  state: RunState,
  call: CallState,
  request: RequestState | undefined,
  event: EventOf<'tool.completed'>,
): string | null {
  const { decision } = event
  const { usable } = readArguments(call)
  if (call.status === 'started') {
    if (decision !== call.consumed && !isGivenUp(event)) return notOneOf(decision)
    return isSame(event.arguments, usable) ? null : OTHER_ARGUMENTS
  }
  const answer = call.status === 'decided' ? (request?.decision ?? null) : null
  const isShown = isSame(event.arguments, usable) || isSame(event.arguments, call.arguments_text)
  return isShown ? unstartedObjection(state, answer, event) : OTHER_ARGUMENTS
}

/** A call in doubt that its tool gives up on. */
function isGivenUp({ decision, reason }: EventOf<'tool.completed'>): boolean {
  return decision === null && reason === 'unknown_outcome'
}

function unstartedObjection(
  state: RunState,
  answer: EventOf<'approval.decided'> | null,
  { decision, reason }: EventOf<'tool.completed'>,
): string | null {
  const isUnasked = decision === null && (reason === 'not_found' || reason === 'expired')
  const isAnswer = decision === (answer?.seq ?? null)
  if (!isAnswer && !isUnasked && !isSticky(state, decision)) return notOneOf(decision)
  const isTold = answer?.decision === 'approve' && answer.result !== undefined
  return reason === undefined && !isTold ? 'it has an output, but was never started' : null
}

function isSticky(state: RunState, decision: number | null): boolean {
  return [...state.sticky.values()].some((sticky) => sticky.seq === decision)
}

function isSame(carried: Json, own: Json): boolean {
  return canonicalJson(carried) === canonicalJson(wellFormedJson(own))
}
