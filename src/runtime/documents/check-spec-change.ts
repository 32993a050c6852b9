/** Whether a change of spec can follow a state: it changes nothing that is over, and answers nothing that nobody asked. */
import type { JournalEvent } from '../state/events.ts'
import type { MigratedCall } from '../state/spec-change.ts'
import { frameKey } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'

/** What speaks against the event; `null` when nothing does, or when it is of another kind. */
export function changeObjection(state: RunState, event: JournalEvent): string | null {
  if (event.type !== 'run.resumed' && event.type !== 'run.migrated') return null
  const { change, spec } = event
  if (change === undefined) return null
  if (spec === undefined) return 'it changes a run for a spec that it does not name'
  if (change.class === 'breaking') return 'a run does not go on after a breaking change'
  const closed = change.ask_again.find((seq) => !isOpen(state, seq))
  if (closed !== undefined) return `request ${closed} is not open`
  const decisions = new Set([...state.sticky.values()].map(({ seq }) => seq))
  const unknown = change.withdrawn.find((seq) => !decisions.has(seq))
  if (unknown !== undefined) return `there is no decision ${unknown} for every later call`
  return firstOf(change.migration?.calls.map((call) => callObjection(state, call)) ?? [])
}

function isOpen(state: RunState, seq: number): boolean {
  const request = state.requests.get(seq)
  return request !== undefined && request.status !== 'closed'
}

function callObjection(state: RunState, migrated: MigratedCall): string | null {
  const { path, call_id, arguments: args, dropped } = migrated
  const call = state.frames.get(frameKey(path))?.calls.find((one) => one.call_id === call_id)
  if (call === undefined) return `call ${call_id} is not part of the current turn`
  const isPending = call.status === 'pending' || call.status === 'decided'
  if (dropped !== undefined && !isPending) return `call ${call_id} waits for nobody`
  if (args !== undefined && (call.started !== null || call.status === 'completed')) {
    return `call ${call_id} has its arguments already`
  }
  return null
}

function firstOf(objections: readonly (string | null)[]): string | null {
  return objections.find((objection) => objection !== null) ?? null
}
