/**
 * Where the sessions of a spec live, and how a run begins from one: the only code that tells the two cases apart. The run store
 * keeps a session in the transaction of the journal, by stretches of a sequence. Any other store keeps what it is given: a run
 * journals the history it began from (`run.started`), and tells the store what it added (`session.appended`).
 */
import type { SessionRange } from '../state/session-range.ts'
import type { Item } from '../state/item.ts'
import type { RunState } from '../state/run-state.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunSessions, SessionAppend, SessionPage, SessionStore } from './session-store.ts'

export type SpecSessions =
  | {
      readonly place: 'run_store'
      readonly url: string
      readonly store: RunSessions
      /** What is appended with the journal, as it is to be stored; absent: as it is. */
      readonly seal?: <T extends SessionAppend>(append: T) => T
    }
  | {
      readonly place: 'elsewhere'
      /** For people, without credentials. */
      readonly url: string
      readonly store: SessionStore
    }

/** What a run begins from. */
export interface OpenedSession extends SessionPage {
  /** What `run.started` says of it. */
  readonly range: SessionRange
}

/** Reads the newest items of a session for a run that is about to start. `keep` sees them before they are journaled. */
export async function openSession(
  sessions: SpecSessions,
  id: string,
  limit: number | undefined,
  keep: (items: readonly Item[]) => readonly Item[],
): Promise<OpenedSession> {
  if (sessions.place === 'run_store') {
    const { from, upto, items, last_agent } = await sessions.store.read(id, limit)
    return { range: { id, from, upto }, items, last_agent }
  }
  const page = await sessions.store.read(id, limit)
  const items = keep(page.items)
  return { range: { id, from: 0, upto: items.length, items }, items, last_agent: page.last_agent }
}

/** The history a run began from; none without a session. */
export async function historyOf(
  runSessions: RunSessions,
  session: SessionRange | null,
): Promise<readonly Item[]> {
  if (session === null) return []
  return session.items ?? runSessions.readRange(session.id, session.from, session.upto)
}

/**
 * Tells the store of a session what a run added by event `upto`, one append for each event that added something: the same
 * events make the same appends, by whoever and however often they are made.
 *
 * @returns the seq of the last of these events; `null`: there was none.
 */
export async function deliverItems(
  store: Pick<SessionStore, 'append'>,
  state: RunState,
  upto: number,
): Promise<number | null> {
  const { session, run_id, undelivered } = state
  if (session === null) return null
  const { items } = rootFrame(state)
  let last: number | null = null
  for (const entry of undelivered.filter(({ seq }) => seq <= upto)) {
    await store.append({
      session_id: session.id,
      operation: `${run_id}:${entry.seq}`,
      items: items.slice(entry.from, entry.upto),
      last_agent: entry.agent,
    })
    last = entry.seq
  }
  return last
}
