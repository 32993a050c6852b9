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

/** By run; none for an unknown one. Inside a transaction. */
export async function headsOf(
  query: Query,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, StoredHead>> {
  const rows = await query('SELECT run_id, seq, spec_hash FROM runs WHERE run_id = ANY ($1)', [runIds])
  return new Map(
    rows.map((row) => [text(row, 'run_id'), { seq: integer(row, 'seq'), spec_hash: text(row, 'spec_hash') }]),
  )
}

/** Writes records, each over its head. Inside a transaction. */
export async function putRecords(
  query: Query,
  records: readonly EncodedRecord[],
  heads: ReadonlyMap<string, StoredHead>,
): Promise<void> {
  const columns: readonly ((record: EncodedRecord) => unknown)[] = [
    (record) => record.run_id,
    (record) => record.status,
    (record) => record.spec.name,
    (record) => record.spec.version,
    (record) => record.spec.hash,
    (record) => record.session_id,
    (record) => record.last_agent,
    (record) => record.turns,
    (record) => record.seq,
    (record) => record.started_at,
    (record) => record.updated_at,
    (record) => record.interruptions,
  ]
  await query(
    PUT,
    columns.map((column) => records.map(column)),
  )
  const moved = records.filter(({ run_id, spec }) => heads.get(run_id)?.spec_hash !== spec.hash)
  if (moved.length === 0) return
  await query(NOTE_SPECS, [moved.map((record) => record.run_id), moved.map((record) => record.spec.hash)])
}

/** False for an unknown run. Inside a transaction. */
export async function removeRecord(query: Query, runId: string): Promise<boolean> {
  await query('DELETE FROM run_specs WHERE run_id = $1', [runId])
  return (await query('DELETE FROM runs WHERE run_id = $1 RETURNING 1', [runId])).length > 0
}

/** Session and start never change in a run. */
const PUT = `
  INSERT INTO runs (${RECORD_COLUMNS}) 
  SELECT ${RECORD_COLUMNS} FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::text[], $8::integer[], $9::integer[], $10::text[], $11::text[], $12::text[]
  ) WITH ORDINALITY AS given (${RECORD_COLUMNS}, place)
  ORDER BY place
  ON CONFLICT (run_id) DO UPDATE SET
    status = excluded.status, spec_name = excluded.spec_name, spec_version = excluded.spec_version,
    spec_hash = excluded.spec_hash, last_agent = excluded.last_agent, turns = excluded.turns,
    seq = excluded.seq, updated_at = excluded.updated_at, interruptions = excluded.interruptions`
const NOTE_SPECS = `
  INSERT INTO run_specs (run_id, spec_hash)
  SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`
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
