/** Whether an event about a call can follow a state: nothing runs that was not allowed, as it was allowed. */
import type { Json } from '../../util/json.ts'
import { readArguments } from '../approvals/call-view.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import { frameAt, nestedFrame } from '../state/run-state.ts'
import type { CallState, RequestState, RunState, StickyDecision } from '../state/run-state.ts'
import { requestObjection, showsArguments } from './check-approvals.ts'

/** What speaks against the event; `null` when nothing does, or when it is of another kind. */
export function callObjection(state: RunState, event: JournalEvent): string | null {
  if (!isCallEvent(event)) return null
  const frame = frameAt(state, event.path ?? [])
  const call = frame.calls.find((one) => one.call_id === event.call_id)
  if (call === undefined) return `call ${event.call_id} is not part of the current turn`
  if (frame.ambiguous_call !== null) return `call id ${frame.ambiguous_call} stands for two calls`
  if (call.status === 'completed') return `call ${event.call_id} has its output already`
  if (!isAbout(call, event)) return `it does not describe call ${event.call_id} as the model made it`
  if (event.type === 'approval.requested') return requestObjection(call, event)
  const asked = call.request === null ? undefined : state.requests.get(call.request)
  if (asked !== undefined && !isOfAskedKind(asked, event)) return `it was asked about as ${asked.kind}`
  const context = contextOf(state, call, event.decision)
  return event.type === 'tool.started' ? beginObjection(context, event) : outputObjection(context, event)
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
  const isNamed =
    NATIVE.has(call.form) ||
    (call.mcp === null
      ? server === null
        ? call.name === tool
        : call.name.endsWith(tool)
      : call.mcp.tool === tool && call.mcp.server === server)
  const isOfKind = WITH_SERVER.has(kind) ? server !== null : server === null || WITH_OR_WITHOUT.has(kind)
  return isNamed && isOfKind && call.turn === event.turn && call.agent === event.agent
}

/** Items that name no tool. */
const NATIVE: ReadonlySet<string> = new Set(['shell_call', 'apply_patch_call'])

const WITH_SERVER: ReadonlySet<string> = new Set(['mcp', 'hosted_mcp'])
const WITH_OR_WITHOUT: ReadonlySet<string> = new Set(['in_doubt', 'elicitation'])

/** A tool that is gone since is answered as a function. */
function isOfAskedKind(
  { kind }: RequestState,
  event: EventOf<'tool.started'> | EventOf<'tool.completed'>,
): boolean {
  const isGone = event.type === 'tool.completed' && event.reason === 'not_found'
  return WITH_OR_WITHOUT.has(kind) || kind === event.kind || isGone
}

/** A call, and what people have decided that a step of it may consume. */
interface CallContext {
  readonly call: CallState
  /** The answer that waits to be carried out. */
  readonly answer: EventOf<'approval.decided'> | null
  /** The decision for every later call that the step names. */
  readonly sticky: StickyDecision | null
  readonly canExpire: boolean
  /** It waits for the answer to a question, and begins again with it. */
  readonly isAsking: boolean
  /** An agent tool's run inside this call. */
  readonly hasNested: boolean
}

function contextOf(state: RunState, call: CallState, decision: number | null): CallContext {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  return {
    call,
    answer: call.status === 'decided' ? (request?.decision ?? null) : null,
    sticky: [...state.sticky.values()].find((sticky) => sticky.seq === decision) ?? null,
    canExpire: request !== undefined && request.interruption.expires_at !== null,
    isAsking: request?.kind === 'elicitation',
    hasNested: nestedFrame(state, call) !== undefined,
  }
}

function beginObjection(context: CallContext, event: EventOf<'tool.started'>): string | null {
  const { call, answer, hasNested } = context
  if (hasNested) return 'the run inside this call goes on, it does not begin again'
  if ((event.kind === 'agent') !== (event.nested !== undefined)) return 'only an agent tool has a run inside'
  const objection = allowanceObjection(context, event.decision)
  if (objection !== null) return objection
  return showsArguments(event.arguments, answer?.arguments ?? readArguments(call).usable)
    ? null
    : OTHER_ARGUMENTS
}

const OTHER_ARGUMENTS = 'it has other arguments than the call'

/** A body runs when a person allowed it, when nobody had to be asked, or once more as it ran before. */
function allowanceObjection(
  { call, answer, sticky, isAsking }: CallContext,
  decision: number | null,
): string | null {
  switch (call.status) {
    case 'decided':
      if (answer === null) return notOneOf(decision)
      if (isAsking) return answer.seq === decision ? null : notOneOf(decision)
      return approvalObjection(answer, decision)
    case 'started':
      if (call.must_ask) return 'whether to run it again is for a person to say'
      return decision === call.consumed ? null : notOneOf(decision)
    case 'open':
      return decision === null || sticky?.decision === 'approve' ? null : notOneOf(decision)
    default:
      return sticky?.decision === 'approve' && !isAsking ? null : `the call is ${call.status}`
  }
}

function approvalObjection(answer: EventOf<'approval.decided'>, decision: number | null): string | null {
  if (answer.seq !== decision) return notOneOf(decision)
  if (answer.decision === 'reject') return 'the call was rejected'
  return answer.result === undefined ? null : 'the call was answered with a result'
}

function notOneOf(decision: number | null): string {
  return decision === null ? 'it names no decision' : `decision ${decision} is not the one on this call`
}

function outputObjection(context: CallContext, event: EventOf<'tool.completed'>): string | null {
  const { call, answer } = context
  const { decision, reason } = event
  if (!hasArguments(call, event.arguments)) return OTHER_ARGUMENTS
  if (call.status === 'started') {
    if ((event.kind === 'agent') !== context.hasNested) return 'only an agent tool has a run inside'
    const isGivenUp = decision === null && reason === 'unknown_outcome'
    return decision === call.consumed || isGivenUp ? null : notOneOf(decision)
  }
  if (decision === null && (reason === 'not_found' || (reason === 'expired' && context.canExpire)))
    return null
  return answer === null ? unaskedObjection(context, event) : answeredObjection(context, answer, event)
}

/** The arguments of a call; where its body never ran, perhaps as the model wrote them. */
function hasArguments(call: CallState, carried: Json): boolean {
  if (showsArguments(carried, readArguments(call).usable)) return true
  return call.status !== 'started' && showsArguments(carried, call.arguments_text)
}

/** Only a body that was started gives an output without a reason. */
function unaskedObjection(
  { call, sticky }: CallContext,
  { decision, reason }: EventOf<'tool.completed'>,
): string | null {
  if (reason === undefined && isLeave(call)) return leaveObjection(call, sticky, decision)
  if (reason === undefined) return 'it has an output, but was never started'
  if (reason === 'expired' || reason === 'unknown_outcome')
    return `reason ${reason} does not fit a call that is ${call.status}`
  if (decision === null) return call.status === 'open' ? null : `the call is ${call.status}`
  if (sticky === null) return notOneOf(decision)
  return (sticky.decision === 'reject') === (reason === 'rejected') ? null : otherReason(decision)
}

/** What runs at the provider is only allowed here: the leave is its output. */
function isLeave({ form }: CallState): boolean {
  return form === 'mcp_approval_request'
}

function leaveObjection(
  call: CallState,
  sticky: StickyDecision | null,
  decision: number | null,
): string | null {
  if (decision === null) return call.status === 'open' ? null : `the call is ${call.status}`
  return sticky?.decision === 'approve' ? null : notOneOf(decision)
}

/** A rejection, a person who knows what the call did, or an approval that could not be carried out. */
function answeredObjection(
  { call, isAsking }: CallContext,
  answer: EventOf<'approval.decided'>,
  { decision, reason }: EventOf<'tool.completed'>,
): string | null {
  if (decision !== answer.seq) return notOneOf(decision)
  if (isAsking) return NOT_BEGUN.has(reason ?? '') ? null : otherReason(decision)
  const isRejection = reason === 'rejected' || reason === 'unknown_outcome'
  if (isRejection !== (answer.decision === 'reject')) return otherReason(decision)
  return reason === undefined && answer.result === undefined && !isLeave(call)
    ? 'it has an output, but was never started'
    : null
}

/** Why a call does not begin again although its question was answered. */
const NOT_BEGUN: ReadonlySet<string> = new Set(['invalid_arguments', 'guardrail', 'not_found'])

function otherReason(decision: number): string {
  return `its reason does not fit decision ${decision}`
}
