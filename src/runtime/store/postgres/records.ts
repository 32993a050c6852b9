/** The records of runs in PostgreSQL: written with the journal, listed with the holders of their leases. */
import type { EncodedRecord } from '../journal-batch.ts'
import type { ListedRun, RunFilter } from '../run-store.ts'
import { integer, text } from '../columns.ts'
import { LISTED_COLUMNS, readListedRun, RECORD_COLUMNS } from '../rows.ts'
import type { Database, Query } from './database.ts'

/** What an append needs to know of the run it appends to. */
export interface StoredHead {
  readonly seq: number
  readonly spec_hash: string
}

export interface Records {
  read(runId: string): Promise<ListedRun | null>
  find(prefix: string): Promise<readonly ListedRun[]>
  list(filter: RunFilter): Promise<readonly ListedRun[]>
}

export function createRecords(database: Database): Records {
  const listed = (sql: string, parameters: readonly unknown[]): Promise<readonly ListedRun[]> =>
    database.read(async (query) => (await query(sql, parameters)).map(readListedRun))
  return {
    read: async (runId) => (await listed(`${LISTED} WHERE runs.run_id = $1`, [runId]))[0] ?? null,
    find: (prefix) => listed(FIND, [prefix, `${prefix}\u{10ffff}`]),
    list: ({ status, session_id, limit = 50 }) => listed(LIST, [status ?? null, session_id ?? null, limit]),
  }
}

/** Undefined for an unknown run. Inside a transaction. */
export async function headOf(query: Query, runId: string): Promise<StoredHead | undefined> {
  const [row] = await query('SELECT seq, spec_hash FROM runs WHERE run_id = $1', [runId])
  return row === undefined ? undefined : { seq: integer(row, 'seq'), spec_hash: text(row, 'spec_hash') }
}

/** Writes a record over `head`. Inside a transaction. */
export async function putRecord(
  query: Query,
  record: EncodedRecord,
  head: StoredHead | undefined,
): Promise<void> {
  const { run_id, status, spec, session_id, last_agent, turns, seq } = record
  const { started_at, updated_at, interruptions } = record
  const columns = [run_id, status, spec.name, spec.version, spec.hash, session_id, last_agent, turns, seq]
  await query(PUT, [...columns, started_at, updated_at, interruptions])
  if (head?.spec_hash !== spec.hash) await query(NOTE_SPEC, [run_id, spec.hash])
}

/** False for an unknown run. Inside a transaction. */
export async function removeRecord(query: Query, runId: string): Promise<boolean> {
  await query('DELETE FROM run_specs WHERE run_id = $1', [runId])
  return (await query('DELETE FROM runs WHERE run_id = $1 RETURNING 1', [runId])).length > 0
}

/** Session and start never change in a run. */
const PUT = `
  INSERT INTO runs (${RECORD_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (run_id) DO UPDATE SET
    status = excluded.status, spec_name = excluded.spec_name, spec_version = excluded.spec_version,
    spec_hash = excluded.spec_hash, last_agent = excluded.last_agent, turns = excluded.turns,
    seq = excluded.seq, updated_at = excluded.updated_at, interruptions = excluded.interruptions`
const NOTE_SPEC = 'INSERT INTO run_specs (run_id, spec_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING'
const LISTED = `
  SELECT ${LISTED_COLUMNS}
  FROM runs
  LEFT JOIN leases ON leases.run_id = runs.run_id
  LEFT JOIN drivers USING (driver_id)`
/** Runs started in the same millisecond: the one that was stored later is the newer one. */
const NEWEST_FIRST = 'ORDER BY started_at DESC, runs.id DESC'
const LIST = `
  ${LISTED}
  WHERE ($1::text[] IS NULL OR status = ANY ($1)) AND ($2::text IS NULL OR runs.session_id = $2)
  ${NEWEST_FIRST} LIMIT $3`
/** A range of ids instead of LIKE: the prefix has no wildcards, and the index is used. */
const FIND = `${LISTED} WHERE runs.run_id >= $1 AND runs.run_id < $2 ${NEWEST_FIRST} LIMIT 20`
