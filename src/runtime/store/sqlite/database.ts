/** An open SQLite store file: settings, prepared statements, reads, and writes with group commit. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { StoreFailure } from '../../failures.ts'
import { ensureDatabaseFile } from './database-file.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Lasting } from './group-commit.ts'
import { isCurrent, migrate } from './schema.ts'
import { isBusy, storeFailure } from './sqlite-failure.ts'

export interface DatabaseOptions {
  /** Milliseconds to wait for a lock that another process holds. */
  readonly busyTimeout: number
  /** The most pages of 4 KiB the file may have; SQLite's own limit when absent. */
  readonly maxPages?: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Database {
  readonly now: () => number
  /** A statement prepared once, on its first use. */
  statement(sql: string): StatementSync
  read<T>(work: () => T): Promise<T>
  /** Runs `work` in a transaction; resolves once that is durable. See `GroupCommit`. */
  write<T>(work: () => T, lasting?: Lasting): Promise<T>
  /** Commits what is waiting and closes the file; the last one to close it folds the log into the file. */
  close(): void
}

/**
 * Opens a store file, creating it if needed and bringing it to this release's schema.
 *
 * @throws StoreFailure when it is locked, read-only, damaged, not a database, not ours, or from a newer release.
 */
export function openDatabase(file: string, options: DatabaseOptions): Database {
  ensureDatabaseFile(file)
  const db = connect(file, options)
  const statements = new Map<string, StatementSync>()
  const group = createGroupCommit(db, file)

  function assertOpen(): void {
    if (!db.isOpen) throw new StoreFailure(`${file} was closed by this process already.`)
  }

  return {
    now: options.now,
    statement(sql) {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = db.prepare(sql)
      statements.set(sql, statement)
      return statement
    },
    async read(work) {
      assertOpen()
      try {
        return work()
      } catch (error) {
        throw storeFailure(error, file)
      }
    },
    async write(work, lasting) {
      assertOpen()
      return group.write(work, lasting)
    },
    close() {
      if (!db.isOpen) return
      group.flush()
      db.close()
    },
  }
}

function connect(file: string, options: DatabaseOptions): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { timeout: options.busyTimeout, enableForeignKeyConstraints: false })
    const current = isCurrent(db, file)
    useWriteAheadLog(db, options.busyTimeout)
    db.exec('PRAGMA synchronous = FULL')
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages}`)
    if (!current) migrate(db, file)
    return db
  } catch (error) {
    if (db?.isOpen === true) db.close()
    throw storeFailure(error, file)
  }
}

/** SQLite does not wait for the lock that this change of mode needs, so processes that open a new file together do. */
function useWriteAheadLog(db: DatabaseSync, busyTimeout: number): void {
  const deadline = performance.now() + busyTimeout
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      Atomics.wait(sleeper, 0, 0, 10)
    }
  }
}
