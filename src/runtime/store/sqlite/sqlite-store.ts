/** A run store in one SQLite file. */
import { resolve } from 'node:path'
import type { RunStore } from '../run-store.ts'
import { openDatabase } from './database.ts'
import { createJournal } from './journal.ts'
import { createLeases } from './leases.ts'
import { createRecords } from './records.ts'
import { createSessions } from './sessions.ts'
import { createSpecs } from './specs.ts'

export interface SqliteStoreOptions {
  /** The folder a relative path starts from; the working directory when absent. */
  readonly cwd?: string
  /** Milliseconds to wait for a lock that another process holds; 5000 when absent. */
  readonly busyTimeout?: number
  /** The most pages of 4 KiB the file may have; no limit but SQLite's own when absent. */
  readonly maxPages?: number
  /** The store's clock, in milliseconds since the epoch; `Date.now` when absent. */
  readonly now?: () => number
}

/**
 * Opens a store file, creating it (and a folder `.agentspec` that is private and ignored by git) when needed. Several
 * processes may have it open. What was acknowledged survives a crash of the process and of the machine.
 *
 * @throws StoreFailure when the file cannot be used; it says why and what to do.
 *
 * @example
 * const store = sqliteStore('.agentspec/agentspec.db')
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): RunStore {
  const { cwd = '.', busyTimeout = 5000, now = Date.now } = options
  const database = openDatabase(resolve(cwd, path), {
    busyTimeout,
    now,
    ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
  })
  const records = createRecords(database)
  const leases = createLeases(database)
  const sessions = createSessions(database)
  const specs = createSpecs(database)
  const journal = createJournal(database, { records, leases, sessions })
  return {
    url: `sqlite:${path}`,
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
    sessions: sessions.store,
    async close() {
      database.close()
    },
  }
}
