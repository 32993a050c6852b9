/** The ports for conversation histories: items by session id, appended and never changed. */
import type { Item } from '../state/item.ts'

/** The newest visible items of a session, oldest first. */
export interface SessionPage {
  readonly items: readonly Item[]
  /** The agent that spoke last; `null` for a session without items. */
  readonly last_agent: string | null
}

/** A page that says which stretch it is: the items with `from < sequence <= upto`. */
export interface SessionStretch extends SessionPage {
  readonly from: number
  readonly upto: number
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

/** An append to the sessions of a run store. */
export interface RunSessionAppend extends SessionAppend {
  /** The items take the place of a stretch that was read as a page: what is visible behind `from`, up to `upto`. */
  readonly replaces?: ReplacedStretch
}

export interface ReplacedStretch {
  readonly from: number
  readonly upto: number
}

/**
 * What a store of sessions must do, wherever it is. One run at a time appends to a session, in the order of its operations; what
 * it does not know to have landed it appends again.
 */
export interface SessionStore {
  /** Appends once for each operation id, all items or none. Resolves once that is durable. */
  append(append: SessionAppend): Promise<void>
  /** The newest `limit` visible items (all without a limit), in order. An unknown session is an empty page. */
  read(sessionId: string, limit?: number): Promise<SessionPage>
  /** Sessions that have a page, newest first. */
  list(): Promise<readonly ListedSession[]>
  /** Hides every item. False for an unknown session. */
  clear(sessionId: string): Promise<boolean>
  /** Removes a session for good. False for an unknown session. */
  remove(sessionId: string): Promise<boolean>
  /** Ends connections. Called once, when nobody uses the store any more. */
  close?(): Promise<void>
}

/**
 * The sessions of a run store, in the database of its journals: appended in the same transaction, with a sequence by which runs
 * refer to a stretch of them.
 */
export interface RunSessions extends SessionStore {
  /**
   * As any store does. What replaces a stretch hides it in the same moment; when a part of it has been hidden since, nothing is
   * appended.
   */
  append(append: RunSessionAppend): Promise<void>
  read(sessionId: string, limit?: number): Promise<SessionStretch>
  /** The items of a stretch, hidden ones included: what an unfinished run refers to stays readable. */
  readRange(sessionId: string, from: number, upto: number): Promise<readonly Item[]>
}
