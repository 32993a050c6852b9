/** The port for conversation histories: append-only items with a sequence, by session id. */
import type { Item } from '../state/item.ts'

/** A stretch of a session's visible items: those with `from < sequence <= upto`. */
export interface SessionPage {
  readonly items: readonly Item[]
  readonly from: number
  readonly upto: number
  /** The agent that spoke last; `null` for a session without items. */
  readonly last_agent: string | null
}

export interface ListedSession {
  readonly session_id: string
  readonly last_agent: string | null
  /** How many items are visible. */
  readonly items: number
  /** ISO 8601, UTC. */
  readonly updated_at: string
}

export interface SessionAppend {
  readonly session_id: string
  /** Operation id `run_id:seq`: the same append twice lands once. */
  readonly operation: string
  readonly items: readonly Item[]
  readonly last_agent: string
}

export interface SessionStore {
  /** Appends once for each operation id. (A run store's own sessions are appended with the journal instead.) */
  append(append: SessionAppend): Promise<void>
  /** The newest `limit` visible items (all without a limit), in order. An unknown session is an empty page. */
  read(sessionId: string, limit?: number): Promise<SessionPage>
  /** The items of a stretch, hidden ones included: what an unfinished run refers to stays readable. */
  readRange(sessionId: string, from: number, upto: number): Promise<readonly Item[]>
  /** Sessions that have a page, newest first. */
  list(): Promise<readonly ListedSession[]>
  /** Hides every item. False for an unknown session. */
  clear(sessionId: string): Promise<boolean>
  /** Removes a session for good. False for an unknown session. */
  remove(sessionId: string): Promise<boolean>
}
