/** A run store in a PostgreSQL database, for runs that several machines share. */
import type { RunStore } from '../run-store.ts'
import { openDatabase } from './database.ts'
import type { DatabaseOptions } from './database.ts'
import { createJournal } from './journal.ts'
import { createLeases } from './leases.ts'
import { createRecords } from './records.ts'
import { migrate } from './schema.ts'
import { createSessions } from './sessions.ts'
import { createSpecs } from './specs.ts'

export type PostgresStoreOptions = DatabaseOptions

/**
 * Opens the store in a database, creating its tables (in the schema `agentspec`, or that of `?schema=NAME`) when needed.
 * Processes on any number of machines may have it open. Needs the package `pg`.
 *
 * @throws StoreFailure when the server cannot be reached or used, or its tables are of a newer release; UsageFailure for a
 *   URL that cannot be read and when `pg` is not installed.
 *
 * @example
 * const store = await postgresStore('postgres://agentspec@db.internal/agents')
 */
export async function postgresStore(url: string, options: PostgresStoreOptions = {}): Promise<RunStore> {
  const database = await openDatabase(url, options)
  try {
    await migrate(database, database.schema)
  } catch (error) {
    await database.close()
    throw error
  }
  const records = createRecords(database)
  const leases = createLeases(database)
  const specs = createSpecs(database)
  const journal = createJournal(database)
  return {
    url: database.url,
    append: journal.append,
    readJournal: journal.read,
    readRun: records.read,
    findRuns: records.find,
    listRuns: (filter = {}) => records.list(filter),
    removeRun: journal.removeRun,
    acquireLease: leases.acquire,
    releaseLease: leases.release,
    heartbeat: leases.heartbeat,
    archiveSpec: specs.archive,
    readSpec: specs.read,
    listSpecs: specs.list,
    collectSpecs: specs.collect,
    sessions: createSessions(database),
    async close() {
      await journal.settled()
      await database.close()
    },
  }
}
