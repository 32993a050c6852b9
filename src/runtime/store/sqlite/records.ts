/** The records of runs in SQLite: written with the journal, listed with the holders of their leases. */
import type { EncodedRecord } from '../journal-batch.ts'
import type { ListedRun, RunFilter } from '../run-store.ts'
import { integer, text } from '../columns.ts'
import { LISTED_COLUMNS, readListedRun, RECORD_COLUMNS } from '../rows.ts'
import type { Database } from './database.ts'

/** What an append needs to know of the run it appends to. */
export interface StoredHead {
  readonly seq: number
  readonly status: string
  readonly spec_hash: string
}

export interface Records {
  /** Undefined for an unknown run. Call inside a write. */
  head(runId: string): StoredHead | undefined
  /** Writes a record over `head`. Call inside a write. */
  put(record: EncodedRecord, head: StoredHead | undefined): void
  /** False for an unknown run. Call inside a write. */
  remove(runId: string): boolean
  read(runId: string): Promise<ListedRun | null>
  find(prefix: string): Promise<readonly ListedRun[]>
  list(filter: RunFilter): Promise<readonly ListedRun[]>
}

export function createRecords(database: Database): Records {
  const sql = (text: string) => database.statement(text)

  function add(record: EncodedRecord): void {
    const { run_id, status, spec, session_id, last_agent, turns, seq } = record
    const { started_at, updated_at, interruptions } = record
    const parameters = [
      run_id,
      status,
      spec.name,
      spec.version,
      spec.hash,
      session_id,
      last_agent,
      turns,
      seq,
    ]
    sql(ADD).run(...parameters, started_at, updated_at, interruptions)
  }

  function advance(record: EncodedRecord): void {
    const { run_id, spec, last_agent, turns, seq, updated_at, interruptions } = record
    const parameters = [spec.name, spec.version, spec.hash, last_agent, turns, seq, updated_at, interruptions]
    sql(ADVANCE).run(...parameters, run_id)
  }

  return {
    head(runId) {
      const row = sql('SELECT seq, status, spec_hash FROM runs WHERE run_id = ?').get(runId)
      if (row === undefined) return undefined
      return { seq: integer(row, 'seq'), status: text(row, 'status'), spec_hash: text(row, 'spec_hash') }
    },
    put(record, head) {
      if (head === undefined) add(record)
      else advance(record)
      // Apart, because the status is indexed and seldom changes.
      if (head !== undefined && head.status !== record.status) {
        sql('UPDATE runs SET status = ? WHERE run_id = ?').run(record.status, record.run_id)
      }
      if (head?.spec_hash !== record.spec.hash) sql(NOTE_SPEC).run(record.run_id, record.spec.hash)
    },
    remove(runId) {
      sql('DELETE FROM run_specs WHERE run_id = ?').run(runId)
      return sql('DELETE FROM runs WHERE run_id = ?').run(runId).changes !== 0
    },
    read: (runId) =>
      database.read(() => {
        const row = sql(`${LISTED} WHERE runs.run_id = ?`).get(runId)
        return row === undefined ? null : readListedRun(row)
      }),
    find: (prefix) => database.read(() => sql(FIND).all(prefix, `${prefix}\u{10ffff}`).map(readListedRun)),
    list: (filter) =>
      database.read(() => {
        const { status, session_id, limit = 50 } = filter
        const parameters = [...(status ?? []), ...(session_id === undefined ? [] : [session_id]), limit]
        return sql(listQuery(filter))
          .all(...parameters)
          .map(readListedRun)
      }),
  }
}

function listQuery(filter: RunFilter): string {
  const conditions: string[] = []
  if (filter.status !== undefined) conditions.push(`status IN (${filter.status.map(() => '?').join(', ')})`)
  if (filter.session_id !== undefined) conditions.push('runs.session_id = ?')
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return `${LISTED} ${where} ${NEWEST_FIRST} LIMIT ?`
}

const ADD = `INSERT INTO runs (${RECORD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
/** All but the columns that never change in a run. */
const ADVANCE = `
  UPDATE runs SET spec_name = ?, spec_version = ?, spec_hash = ?, last_agent = ?, turns = ?, seq = ?,
    updated_at = ?, interruptions = ?
  WHERE run_id = ?`
const NOTE_SPEC = 'INSERT INTO run_specs (run_id, spec_hash) VALUES (?, ?) ON CONFLICT DO NOTHING'

const LISTED = `
  SELECT ${LISTED_COLUMNS}
  FROM runs
  LEFT JOIN leases ON leases.run_id = runs.run_id
  LEFT JOIN drivers USING (driver_id)`
/** Runs started in the same millisecond: the one that was stored later is the newer one. */
const NEWEST_FIRST = 'ORDER BY started_at DESC, runs.id DESC'
/** A range of ids instead of LIKE: the prefix has no wildcards, and the index is used. */
const FIND = `${LISTED} WHERE runs.run_id >= ? AND runs.run_id < ? ${NEWEST_FIRST} LIMIT 20`
