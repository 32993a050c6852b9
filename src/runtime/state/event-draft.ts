/** An event before it is part of a journal. */
import { wellFormedJson } from '../../util/well-formed.ts'
import type { Clock } from '../ports.ts'
import type { EventPayloads, EventType, JournalEvent } from './events.ts'
import type { RunState } from './run-state.ts'

/** An event before it has a seq. */
export type EventDraft = {
  [T in EventType]: { readonly type: T; readonly path?: readonly string[] } & EventPayloads[T]
}[EventType]

/** The event that follows a state. */
export function eventOf(draft: EventDraft, state: RunState, clock: Clock): JournalEvent {
  const head = { run_id: state.run_id, seq: state.seq + 1, at: clock.now().toISOString() }
  // What models and tools write may hold half a character, which has no canonical form.
  return { ...head, ...wellFormedJson(draft) }
}
