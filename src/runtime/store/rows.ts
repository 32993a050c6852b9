/** The rows of a store's tables as the port has them, whichever database they are in. */
import { StoreFailure } from '../failures.ts'
import type { ListedSession } from '../sessions/session-store.ts'
import { integer, text, textOrNull } from './columns.ts'
import type { Row } from './columns.ts'
import type { ArchivedSpec, HolderRecord, ListedRun, ListedSpec, RunRecord } from './run-store.ts'
import { parseInterruptions, parseSources } from './stored-json.ts'

/** Columns of `drivers` as `readHolder` reads them. */
export const HOLDER_COLUMNS = 'driver_id, host, boot_id, pid_namespace, pid, process_start, beat_at'

/** Columns of `runs`, in the order in which they are written. */
export const RECORD_COLUMNS =
  'run_id, status, spec_name, spec_version, spec_hash, session_id, last_agent, turns, seq, started_at, updated_at, interruptions'

/** Columns of a run and the holder of its lease, from `runs`, `leases` and `drivers` joined. */
export const LISTED_COLUMNS: string = `${RECORD_COLUMNS.replace('run_id', 'runs.run_id').replace('session_id', 'runs.session_id')}, ${HOLDER_COLUMNS}`

/** Reads the holder of a row that has `HOLDER_COLUMNS`. */
export function readHolder(row: Row): HolderRecord {
  return {
    driver_id: text(row, 'driver_id'),
    host: text(row, 'host'),
    boot_id: text(row, 'boot_id'),
    pid_namespace: text(row, 'pid_namespace'),
    pid: integer(row, 'pid'),
    process_start: text(row, 'process_start'),
    beat_at: integer(row, 'beat_at'),
  }
}

/** Reads a run of a row that has `LISTED_COLUMNS`. */
export function readListedRun(row: Row): ListedRun {
  const run_id = text(row, 'run_id')
  return {
    run_id,
    status: readStatus(text(row, 'status')),
    spec: { name: text(row, 'spec_name'), version: text(row, 'spec_version'), hash: text(row, 'spec_hash') },
    session_id: textOrNull(row, 'session_id'),
    last_agent: text(row, 'last_agent'),
    turns: integer(row, 'turns'),
    seq: integer(row, 'seq'),
    started_at: text(row, 'started_at'),
    updated_at: text(row, 'updated_at'),
    interruptions: parseInterruptions(text(row, 'interruptions'), run_id),
    holder: row['driver_id'] === null ? null : readHolder(row),
  }
}

function readStatus(value: string): RunRecord['status'] {
  if (isStatus(value)) return value
  throw new StoreFailure(`The store is damaged: a run has the unknown status ${value}.`, {
    hint: 'Restore it from a backup.',
  })
}

function isStatus(value: string): value is RunRecord['status'] {
  return Object.hasOwn(STATUSES, value)
}

/** A record, so that a status missing here is a type error. */
const STATUSES: Readonly<Record<RunRecord['status'], true>> = {
  active: true,
  paused: true,
  completed: true,
  failed: true,
  cancelled: true,
}

export function readArchivedSpec(row: Row): ArchivedSpec {
  const hash = text(row, 'hash')
  return {
    hash,
    name: text(row, 'name'),
    version: text(row, 'version'),
    program: text(row, 'program'),
    sources: parseSources(text(row, 'sources'), hash),
  }
}

export function readListedSpec(row: Row): ListedSpec {
  return {
    hash: text(row, 'hash'),
    name: text(row, 'name'),
    version: text(row, 'version'),
    first_seen: text(row, 'first_seen'),
    runs: integer(row, 'runs'),
  }
}

export function readListedSession(row: Row): ListedSession {
  const items = integer(row, 'items')
  return {
    session_id: text(row, 'session_id'),
    last_agent: items === 0 ? null : text(row, 'last_agent'),
    items,
    updated_at: text(row, 'updated_at'),
  }
}
