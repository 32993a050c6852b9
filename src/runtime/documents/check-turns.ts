/** Whether an event about a turn, or about the rest of a run, can follow a state. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import { frameAt, pendingRequests, rootFrame } from '../state/run-state.ts'
import type { CallState, FrameState, RunState } from '../state/run-state.ts'

/** What speaks against the event; `null` when nothing does, or when it is of another kind. */
export function turnObjection(state: RunState, event: JournalEvent): string | null {
  switch (event.type) {
    case 'turn.started':
      return startObjection(frameAt(state, event.path ?? []), event)
    case 'model.responded':
      return responseObjection(frameAt(state, event.path ?? []), event)
    case 'guardrail.tripped':
      return tripObjection(frameAt(state, event.path ?? []), event)
    case 'handoff.occurred':
      return handoffObjection(frameAt(state, event.path ?? []), event)
    case 'run.paused':
      return pauseObjection(state, event)
    case 'run.completed':
      return completionObjection(rootFrame(state))
    default:
      return null
  }
}

function startObjection(frame: FrameState, event: EventOf<'turn.started'>): string | null {
  if (event.turn !== frame.turn + 1) return `turn ${frame.turn + 1} is next, not ${event.turn}`
  if (event.agent !== frame.agent) return `it is the turn of ${frame.agent}, not of ${event.agent}`
  return openTurnObjection(frame)
}

/** A turn is over once the model has answered and each of its calls has an output. */
function openTurnObjection(frame: FrameState): string | null {
  if (!frame.settled && frame.response === null) return `turn ${frame.turn} has no answer yet`
  const open = frame.calls.find((call) => call.status !== 'completed')
  return open === undefined ? null : `call ${open.call_id} has no output yet`
}

function responseObjection(frame: FrameState, event: EventOf<'model.responded'>): string | null {
  if (frame.settled || frame.response !== null) return 'no model call is under way'
  if (event.withheld === true && event.items.length > 0) return 'it was withheld, but has items'
  const { judged_input: judged = 0 } = event
  return judged > frame.unjudged.length ? `there are no ${judged} items of input to judge` : null
}

/** A guardrail of a tool looks at a call of the turn that has no output yet; no other looks at calls. */
function tripObjection(frame: FrameState, event: EventOf<'guardrail.tripped'>): string | null {
  if (event.agent !== frame.agent) return `it is the turn of ${frame.agent}, not of ${event.agent}`
  const { where, tool, call_id } = event
  const isAboutCall = where === 'tool_input' || where === 'tool_output'
  if (isAboutCall !== (call_id !== undefined) || isAboutCall !== (tool !== undefined)) {
    return 'guardrails of tools look at calls, and no others do'
  }
  if (tool === undefined) return null
  const call = frame.calls.find((one) => one.call_id === call_id)
  if (call === undefined) return `call ${call_id} is not part of the current turn`
  if (!call.name.endsWith(tool)) return `call ${call_id} is not one of ${tool}`
  return call.status === 'completed' ? `call ${call_id} has its output already` : null
}

function handoffObjection(frame: FrameState, event: EventOf<'handoff.occurred'>): string | null {
  const transfers = [event.call_id, ...event.ignored]
  const isTransfer = (call: CallState): boolean => transfers.includes(call.call_id)
  const unknown = transfers.find((id) => !frame.calls.some((call) => call.call_id === id))
  if (unknown !== undefined) return `call ${unknown} is not part of the current turn`
  if (new Set(transfers).size !== transfers.length) return 'it names a call twice'
  if (event.from !== frame.agent) return `it is the turn of ${frame.agent}, not of ${event.from}`
  if (frame.ambiguous_call !== null) return `call id ${frame.ambiguous_call} stands for two calls`
  const wrong = frame.calls.find((call) => call.status !== (isTransfer(call) ? 'open' : 'completed'))
  return wrong === undefined ? null : `call ${wrong.call_id} is ${wrong.status}`
}

/**
 * What it lists are requests of this journal as they were asked. It may list more than wait now: an import that did not trust
 * this run took decisions back, and a later one may have moved that line.
 */
function pauseObjection(state: RunState, event: EventOf<'run.paused'>): string | null {
  const listed = new Set<number>()
  let former = 0
  for (const interruption of event.interruptions) {
    if (interruption.request <= former) return `request ${interruption.request} is listed after ${former}`
    former = interruption.request
    const asked = state.requests.get(interruption.request)
    if (asked === undefined || asked.status === 'closed') return `request ${interruption.request} is not open`
    if (canonicalJson(asked.interruption) !== canonicalJson(interruption)) {
      return `request ${interruption.request} was asked with other words`
    }
    listed.add(interruption.request)
  }
  const missing = pendingRequests(state).find(({ interruption }) => !listed.has(interruption.request))
  if (missing !== undefined) return `request ${missing.interruption.request} waits too`
  return listed.size === 0 ? 'no call waits for a person' : null
}

function completionObjection(frame: FrameState): string | null {
  return frame.turn === 0 ? 'no model was asked' : openTurnObjection(frame)
}
