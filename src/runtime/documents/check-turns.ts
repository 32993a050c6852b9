/** Whether an event about a turn, or about the rest of a run, can follow a state. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import { orphansOf } from '../state/history.ts'
import { isFunctionCall } from '../state/item.ts'
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
      return completionObjection(rootFrame(state), event)
    default:
      return null
  }
}

function startObjection(frame: FrameState, event: EventOf<'turn.started'>): string | null {
  if (event.turn !== frame.turn + 1) return `turn ${frame.turn + 1} is next, not ${event.turn}`
  if (event.agent !== frame.agent) return `it is the turn of ${frame.agent}, not of ${event.agent}`
  return openTurnObjection(frame) ?? mergeObjection(frame, event)
}

/** Only the first turn merges, and what it calls new are items of it. */
function mergeObjection(frame: FrameState, { merged }: EventOf<'turn.started'>): string | null {
  if (merged === undefined) return null
  if (!frame.unmerged) return 'there is no input to merge'
  const { view, input } = merged
  const isWrong = (place: number, index: number): boolean =>
    typeof view[place] !== 'object' || place <= (input[index - 1] ?? -1)
  const wrong = input.find(isWrong)
  return wrong === undefined ? null : `place ${wrong} of its view is no new item, or not in order`
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
  if (judged > frame.unjudged.length) return `there are no ${judged} items of input to judge`
  const calls = event.items.filter(isFunctionCall)
  const wrong = event.restored?.find(
    ({ call_id, arguments: restored }) =>
      !calls.some((call) => call.call_id === call_id && isWithoutNulls(restored, call.arguments)),
  )
  return wrong === undefined ? null : `the arguments of call ${wrong.call_id} are not those the model wrote`
}

function isWithoutNulls(restored: JsonObject, written: string): boolean {
  const parsed = parseStrictJson(written)
  return parsed.ok && lacksOnlyNulls(restored, parsed.value)
}

/** True when the two differ by nothing but properties that are `null` in the other one. */
function lacksOnlyNulls(value: Json | undefined, other: Json): boolean {
  if (isJsonArray(value) && isJsonArray(other))
    return (
      value.length === other.length &&
      value.every((item, index) => lacksOnlyNulls(item, other[index] ?? null))
    )
  if (!isJsonObject(value) || !isJsonObject(other)) return value === other
  return (
    Object.keys(value).every((name) => Object.hasOwn(other, name)) &&
    Object.entries(other).every(([name, member]) =>
      Object.hasOwn(value, name) ? lacksOnlyNulls(value[name], member) : member === null,
    )
  )
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
  return wrong === undefined ? viewObjection(event) : `call ${wrong.call_id} is ${wrong.status}`
}

/** What the next agent sees is sent to a model: no call of it is without its output, and no output without its call. */
function viewObjection({ view }: EventOf<'handoff.occurred'>): string | null {
  const orphans = view === undefined ? new Set() : orphansOf([...view.input_history, ...view.items])
  return orphans.size === 0 ? null : 'its view has a call without an output, or an output without a call'
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

/** Only an answer that stands in for a failure comes with the event; any other is part of the turn. */
function completionObjection(frame: FrameState, event: EventOf<'run.completed'>): string | null {
  const { items = [] } = event
  if (items.length > 1 || items.some((item) => item['role'] !== 'assistant')) return 'its items are no answer'
  return frame.turn === 0 ? 'no model was asked' : openTurnObjection(frame)
}
