/**
 * Group commit: the writes that are due in one tick of the event loop share one transaction, so that one sync of the
 * disk makes all of them durable.
 */
import { setImmediate } from 'node:timers'
import type { DatabaseSync } from 'node:sqlite'
import { storeFailure } from './sqlite-failure.ts'

export interface GroupCommit {
  /**
   * Runs `work` inside the next shared transaction and resolves with its value once that is durable. When `work`
   * throws, only its own changes are undone. Works run in the order they were asked for.
   *
   * @param lasting How much the work must survive: the loss of the machine, or only that of the process. A transaction of
   *   nothing but the latter is not synced to the disk by itself; the next one that is takes it along.
   */
  write<T>(work: () => T, lasting?: Lasting): Promise<T>
  /** Commits what is waiting, now. */
  flush(): void
}

export type Lasting = 'machine' | 'process'

interface Job {
  readonly lasting: Lasting
  /** Does the work; returns how to acknowledge it. */
  readonly run: () => () => void
  readonly fail: (error: unknown) => void
}

/** Group commit over one connection. Every failure of SQLite is reported as a `StoreFailure` that names `file`. */
export function createGroupCommit(db: DatabaseSync, file: string): GroupCommit {
  const transaction = prepareTransaction(db)
  let waiting: Job[] = []

  function runAlone(job: Job): () => void {
    transaction.savepoint.run()
    try {
      const acknowledge = job.run()
      transaction.release.run()
      return acknowledge
    } catch (error) {
      // Some errors (a full disk, for one) make SQLite give up the whole transaction, and with it the other jobs.
      if (!db.isTransaction) throw error
      transaction.rollbackTo.run()
      transaction.release.run()
      return () => job.fail(storeFailure(error, file))
    }
  }

  function runTogether(jobs: readonly Job[]): readonly (() => void)[] {
    const synced = jobs.some((job) => job.lasting === 'machine')
    try {
      if (!synced) db.exec('PRAGMA synchronous = NORMAL')
      transaction.begin.run()
      // Nobody else's changes are to be kept when a job that has the transaction for itself fails.
      const outcomes = jobs.length === 1 ? jobs.map((job) => job.run()) : jobs.map(runAlone)
      transaction.commit.run()
      return outcomes
    } catch (error) {
      if (db.isTransaction) transaction.rollback.run()
      const failure = storeFailure(error, file)
      return jobs.map((job) => () => job.fail(failure))
    } finally {
      if (!synced) db.exec('PRAGMA synchronous = FULL')
    }
  }

  function flush(): void {
    if (waiting.length === 0) return
    const jobs = waiting
    waiting = []
    for (const settle of runTogether(jobs)) settle()
  }

  return {
    flush,
    write: (work, lasting = 'machine') =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({
          lasting,
          run: () => {
            const value = work()
            return () => resolve(value)
          },
          fail: reject,
        })
      }),
  }
}

function prepareTransaction(db: DatabaseSync) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    savepoint: db.prepare('SAVEPOINT job'),
    rollbackTo: db.prepare('ROLLBACK TO job'),
    release: db.prepare('RELEASE job'),
  }
}
