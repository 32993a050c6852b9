/** The tables of a PostgreSQL store, and how those of an older version become those of this version. */
import { StoreFailure } from '../../failures.ts'
import { integer } from '../columns.ts'
import type { Database, Query } from './database.ts'

/**
 * One entry for each version of the schema, oldest first; an entry is never changed after a release. JSON is kept as text:
 * a journal gives back the bytes it was given. Ids sort by their bytes, so that a prefix is a range.
 *
 * A sequence of a session is never given out twice, also after the session was removed: a run that still refers to
 * a stretch of it must not find other items there. Therefore the row of a removed session stays, without its items.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id TEXT COLLATE "C" NOT NULL UNIQUE,
    status TEXT NOT NULL,
    spec_name TEXT NOT NULL,
    spec_version TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    session_id TEXT,
    last_agent TEXT NOT NULL,
    turns INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    started_at TEXT COLLATE "C" NOT NULL,
    updated_at TEXT COLLATE "C" NOT NULL,
    interruptions TEXT NOT NULL
  );
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_by_status ON runs (status, started_at);
  CREATE INDEX runs_by_session ON runs (session_id, started_at) WHERE session_id IS NOT NULL;

  CREATE TABLE run_specs (
    run_id TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    PRIMARY KEY (run_id, spec_hash)
  );
  CREATE INDEX run_specs_by_spec ON run_specs (spec_hash);

  CREATE TABLE events (
    run_id TEXT COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  );

  CREATE TABLE leases (
    run_id TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    driver_id TEXT,
    session_id TEXT
  );
  CREATE INDEX leases_by_driver ON leases (driver_id) WHERE driver_id IS NOT NULL;
  CREATE INDEX leases_by_session ON leases (session_id) WHERE session_id IS NOT NULL;

  CREATE TABLE drivers (
    driver_id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid_namespace TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    beat_at DOUBLE PRECISION NOT NULL
  );

  CREATE TABLE specs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    first_seen TEXT COLLATE "C" NOT NULL,
    program TEXT NOT NULL,
    sources TEXT NOT NULL
  );

  CREATE TABLE sessions (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    last_sequence INTEGER NOT NULL,
    hidden_upto INTEGER NOT NULL,
    last_agent TEXT NOT NULL,
    updated_at TEXT COLLATE "C" NOT NULL,
    removed BOOLEAN NOT NULL
  );

  CREATE TABLE session_items (
    session_id TEXT COLLATE "C" NOT NULL,
    sequence INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (session_id, sequence)
  );

  CREATE TABLE session_operations (
    session_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (session_id, operation)
  );
  `,
]

/**
 * Brings the tables to this release's version in one transaction; processes that open a new store together wait for one
 * another.
 *
 * @throws StoreFailure for the tables of a newer release
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  if ((await database.read((query) => versionOf(query, schema))) === MIGRATIONS.length) return
  await database.write(async (query) => {
    await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`agentspec:${schema}`])
    const version = await versionOf(query, schema)
    if (version > MIGRATIONS.length) throw fromTheFuture(database.url, version)
    if (version === MIGRATIONS.length) return
    // The name is a plain one: it was checked when the URL was read.
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    for (const step of MIGRATIONS.slice(version)) await query(step)
    await query('CREATE TABLE IF NOT EXISTS agentspec_schema (version INTEGER NOT NULL)')
    await query('DELETE FROM agentspec_schema')
    await query('INSERT INTO agentspec_schema (version) VALUES ($1)', [MIGRATIONS.length])
  })
}

/** 0 where there are no tables yet. */
async function versionOf(query: Query, schema: string): Promise<number> {
  // Not `to_regclass`: after waiting for a lock it may still remember that there was no such table.
  const tables = await query(
    "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'agentspec_schema'",
    [schema],
  )
  if (tables.length === 0) return 0
  const [row] = await query('SELECT version FROM agentspec_schema')
  return row === undefined ? 0 : integer(row, 'version')
}

function fromTheFuture(url: string, version: number): StoreFailure {
  return new StoreFailure(
    `${url} was written by a newer release of agentspec: its schema has version ${version}, this release knows ${MIGRATIONS.length}.`,
    { hint: 'Update agentspec, or name another store with --store.' },
  )
}
