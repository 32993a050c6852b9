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

function outputObjection(
  state: RunState,
  call: CallState,
  request: RequestState | undefined,
  event: EventOf<'tool.completed'>,
): string | null {
  const { decision, reason } = event
  if (!hasArguments(call, event.arguments)) return OTHER_ARGUMENTS
  if (call.status === 'started') {
    const isGivenUp = decision === null && reason === 'unknown_outcome'
    return decision === call.consumed || isGivenUp ? null : notOneOf(decision)
  }
  if (decision === null && (reason === 'not_found' || (reason === 'expired' && canExpire(request))))
    return null
  if (call.status === 'open') return unaskedObjection(state, event)
  const answer = call.status === 'decided' ? (request?.decision ?? null) : null
  return answer === null ? `the call is ${call.status}` : answeredObjection(answer, event)
}

/** The arguments of a call; where its body never ran, perhaps as the model wrote them. */
function hasArguments(call: CallState, carried: Json): boolean {
  if (isSame(carried, readArguments(call).usable)) return true
  return call.status !== 'started' && isSame(carried, call.arguments_text)
}

function canExpire(request: RequestState | undefined): boolean {
  return request !== undefined && request.interruption.expires_at !== null
}

/** Only a body that was started gives an output without a reason. */
function unaskedObjection(state: RunState, { decision, reason }: EventOf<'tool.completed'>): string | null {
  if (reason === undefined) return 'it has an output, but was never started'
  if (reason === 'expired' || reason === 'unknown_outcome') return 'it was neither started nor asked about'
  if (decision === null) return null
  const sticky = [...state.sticky.values()].find((one) => one.seq === decision)
  return sticky?.decision === 'reject' && reason === 'rejected' ? null : notOneOf(decision)
}

/** A rejection, a person who knows what the call did, or an approval that could not be carried out. */
function answeredObjection(
  answer: EventOf<'approval.decided'>,
  { decision, reason }: EventOf<'tool.completed'>,
): string | null {
  if (decision !== answer.seq) return notOneOf(decision)
  const isRejection = reason === 'rejected' || reason === 'unknown_outcome'
  if (isRejection !== (answer.decision === 'reject')) return `its reason does not fit decision ${decision}`
  return reason === undefined && answer.result === undefined
    ? 'it has an output, but was never started'
    : null
}

function isSame(carried: Json, own: Json): boolean {
  return canonicalJson(carried) === canonicalJson(wellFormedJson(own))
}
