/** What a session that another store keeps has yet to be told: part of the fold. */
import type { EventOf, JournalEvent } from './events.ts'
import { keptItems } from './history.ts'
import { root } from './mutable-state.ts'
import type { MutableState } from './mutable-state.ts'

/** Notes what an event added to the conversation of the outer run. Called once for each event, after it was applied. */
export function noteUndelivered(state: MutableState, event: JournalEvent): void {
  // Where the run store keeps the session, it gets the items in the transaction of the journal.
  if (state.session?.items === undefined) return
  const outer = root(state)
  const { agent } = outer
  const [from, upto] = [state.noted_items, keptItems(outer).length]
  if (upto === from) return
  state.noted_items = upto
  // Whoever a run was moved to goes on with its session.
  if (isMove(event)) return
  state.undelivered = [...state.undelivered, { seq: event.seq, from, upto, agent }]
}

/** The session has everything up to a seq. */
export function delivered(state: MutableState, { upto }: EventOf<'session.appended'>): void {
  state.undelivered = state.undelivered.filter(({ seq }) => seq > upto)
}

/** How the end of a run is journaled where it was exported to go on elsewhere. */
export const MOVED = {
  by: 'moved',
  reason: 'exported with --move: the run goes on where its document is imported',
} as const

/** True for the event that says so. */
export function isMove(event: JournalEvent): boolean {
  return event.type === 'run.cancelled' && event.by === MOVED.by && event.reason === MOVED.reason
}
