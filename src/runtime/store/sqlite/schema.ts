/** The tables of a SQLite store, and how a database of an older version becomes one of this version. */
import type { DatabaseSync } from 'node:sqlite'
import { StoreFailure } from '../../failures.ts'

/** Marks a SQLite file as a store of ours (`agsp`), so that no other program's database is ever written to. */
const APPLICATION_ID = 0x61677370

/**
 * One entry for each version of the schema, oldest first; an entry is never changed after a release.
 *
 * Events and session items are in the order of their arrival, with an index: appends of many runs in one transaction
 * then change few pages (WITHOUT ROWID, one for each run, takes three times as long).
 *
 * A sequence of a session is never given out twice, also after the session was removed: a run that still refers to
 * a stretch of it must not find other items there. Therefore the row of a removed session stays, without its items.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    spec_name TEXT NOT NULL,
    spec_version TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    session_id TEXT,
    last_agent TEXT NOT NULL,
    turns INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    interruptions TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_by_status ON runs (status, started_at);
  CREATE INDEX runs_by_session ON runs (session_id, started_at) WHERE session_id IS NOT NULL;

  CREATE TABLE run_specs (
    run_id TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    PRIMARY KEY (run_id, spec_hash)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    run_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT;

  CREATE TABLE leases (
    run_id TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    driver_id TEXT,
    session_id TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX leases_by_driver ON leases (driver_id) WHERE driver_id IS NOT NULL;
  CREATE INDEX leases_by_session ON leases (session_id) WHERE session_id IS NOT NULL;

  CREATE TABLE drivers (
    driver_id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid_namespace TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    beat_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE specs (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    program TEXT NOT NULL,
    sources TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    last_sequence INTEGER NOT NULL,
    hidden_upto INTEGER NOT NULL,
    last_agent TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    removed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE session_items (
    session_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (session_id, sequence)
  ) STRICT;

  CREATE TABLE session_operations (
    session_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (session_id, operation)
  ) STRICT, WITHOUT ROWID;
  `,
]

/**
 * True when the database has the tables of this release, false when `migrate` has work to do.
 *
 * @throws StoreFailure for a database of a newer release, or of another program.
 */
export function isCurrent(db: DatabaseSync, file: string): boolean {
  const { application, version, tables } = readHeader(db)
  if (application === 0 && version === 0 && tables === 0) return false
  if (application !== APPLICATION_ID) {
    throw new StoreFailure(`${file} is a SQLite database of another program, not an agentspec store.`, {
      hint: 'Name another file with --store sqlite:PATH; this one was left as it is.',
    })
  }
  if (version > MIGRATIONS.length) {
    throw new StoreFailure(
      `${file} was written by a newer release of agentspec: its schema has version ${version}, this release knows ${MIGRATIONS.length}.`,
      { hint: 'Update agentspec, or name another store with --store.' },
    )
  }
  return version === MIGRATIONS.length
}

/** Brings the tables to this release's version in one transaction; does nothing when another process was faster. */
export function migrate(db: DatabaseSync, file: string): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    if (!isCurrent(db, file)) {
      for (const step of MIGRATIONS.slice(readHeader(db).version)) db.exec(step)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`)
    }
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function readHeader(db: DatabaseSync): { application: number; version: number; tables: number } {
  const row = db
    .prepare(
      `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) AS tables
       FROM pragma_application_id, pragma_user_version`,
    )
    .get()
  return {
    application: Number(row?.['application_id']),
    version: Number(row?.['user_version']),
    tables: Number(row?.['tables']),
  }
}
