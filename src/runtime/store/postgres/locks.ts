/** Locks that last as long as a transaction: what concerns one run, or one session, happens one after the other. */
import type { Query } from './database.ts'

export async function lockRun(query: Query, runId: string): Promise<void> {
  await query(LOCK, [`run:${runId}`])
}

/** Taken before that of a run, where both are needed: so no two transactions wait for each other. */
export async function lockSession(query: Query, sessionId: string): Promise<void> {
  await query(LOCK, [`session:${sessionId}`])
}

/** Two names with one hash only wait for each other needlessly. */
const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 1))'
