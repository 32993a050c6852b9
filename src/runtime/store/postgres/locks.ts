/** Locks that last as long as a transaction: what concerns one run, or one session, happens one after the other. */
import type { Query } from './database.ts'

export async function lockRun(query: Query, runId: string): Promise<void> {
  await query(LOCK, [`run:${runId}`])
}

/** Taken before that of a run, where both are needed: so no two transactions wait for each other. */
export async function lockSession(query: Query, sessionId: string): Promise<void> {
  await query(LOCK, [`session:${sessionId}`])
}

/** All of these, sessions first, each kind in one order: so no two transactions wait for each other. */
export async function lockAll(
  query: Query,
  names: { readonly sessions: readonly string[]; readonly runs: readonly string[] },
): Promise<void> {
  const ordered = [
    ...names.sessions.toSorted(byText).map((id) => `session:${id}`),
    ...names.runs.toSorted(byText).map((id) => `run:${id}`),
  ]
  await query(LOCK_ALL, [ordered])
}

/** The order that every process locks in. */
function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Two names with one hash only wait for each other needlessly. */
const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 1))'
const LOCK_ALL = `
  SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || name, 1))
  FROM (SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS given (name, place) ORDER BY place) AS ordered`
