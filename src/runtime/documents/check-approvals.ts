/**
 * Whether a request or a decision can follow a state. What a person is shown must be what would run: a document cannot show
 * one thing and have another approved.
 */
import { revealSensitive } from '../../compiler/json-schema/sensitive.ts'
import { valueAt } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { isAboutStarted } from '../approvals/about-started.ts'
import { ARGS } from '../approvals/arguments-marker.ts'
import { readArguments } from '../approvals/call-view.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import { frameKey } from '../state/run-state.ts'
import type { CallState, RequestState, RunState } from '../state/run-state.ts'

/** What speaks against a request about this call. */
export function requestObjection(call: CallState, event: EventOf<'approval.requested'>): string | null {
  const begun = isAboutStarted(event.kind)
  if ((call.started !== null) !== begun) {
    return `a request of kind ${event.kind} is about a call that was ${begun ? 'started' : 'not started'}`
  }
  if ((event.kind === 'elicitation') !== (event.elicitation !== undefined)) {
    return 'a question is what a request of kind elicitation has, and no other'
  }
  return showsArguments(event.arguments, readArguments(call).usable ?? call.arguments_text)
    ? null
    : 'it shows other arguments than the call has'
}

/**
 * Whether these are the arguments, as they are or with markers in place of sensitive ones. Whether the markers are where the
 * tool's schema has them is found out when the call is looked at through its Program.
 */
export function showsArguments(shown: Json, own: Json): boolean {
  const whole = wellFormedJson(own)
  const { value } = revealSensitive(shown, ARGS, (pointer) => valueAt(whole, fromPointer(pointer)))
  return canonicalJson(value) === canonicalJson(whole)
}

/** What speaks against a decision; `null` when nothing does, or for another event. */
export function decisionObjection(state: RunState, event: JournalEvent): string | null {
  if (event.type !== 'approval.decided') return null
  const request = state.requests.get(event.request)
  if (request === undefined) return `there is no request ${event.request}`
  if (request.status === 'closed') return `request ${event.request} is not open`
  const { interruption } = request
  const calls = state.frames.get(frameKey(interruption.path))?.calls ?? []
  const call = calls.find((one) => one.call_id === interruption.call_id)
  if (call?.request !== event.request) return `request ${event.request} is not about the current turn`
  if (event.call_id !== interruption.call_id || frameKey(event.path ?? []) !== frameKey(interruption.path)) {
    return `request ${event.request} is about another call`
  }
  if (event.digest !== interruption.digest || event.tool_identity !== request.tool_identity) {
    return `it does not say what request ${event.request} showed`
  }
  return answerObjection(request, event)
}

function answerObjection({ kind }: RequestState, event: EventOf<'approval.decided'>): string | null {
  if (event.decision === 'reject' && (event.arguments !== undefined || event.result !== undefined)) {
    return 'a rejection has neither arguments nor a result'
  }
  if (kind === 'elicitation' && (event.arguments !== undefined || event.always)) {
    return 'the answer to a question has no arguments, and is for this question only'
  }
  if (kind === 'elicitation' && event.decision === 'approve' && !isJsonObject(event.result)) {
    return 'a question is answered with an object'
  }
  if (event.result !== undefined && !isAboutStarted(kind)) {
    return `a result does not answer a request of kind ${kind}`
  }
  return null
}
