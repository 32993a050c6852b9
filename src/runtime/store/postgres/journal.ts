/** Journals in PostgreSQL: one row for each event, appended together with the run's record and session items. */
import type { JournalEvent } from '../../state/events.ts'
import { encodeBatch } from '../journal-batch.ts'
import type { AppendOutcome, JournalBatch } from '../run-store.ts'
import { readAfter } from './append-group.ts'
import type { Database } from './database.ts'
import { createGroupCommit } from './group-commit.ts'
import { removeLease } from './leases.ts'
import { lockRun } from './locks.ts'
import { removeRecord } from './records.ts'

export interface Journal {
  append(batch: JournalBatch): Promise<AppendOutcome>
  /** Resolves once no append waits any more. */
  settled(): Promise<void>
  read(runId: string, after?: number): Promise<readonly JournalEvent[]>
  /** False for an unknown run. */
  removeRun(runId: string): Promise<boolean>
}

export function createJournal(database: Database): Journal {
  const group = createGroupCommit(database)
  return {
    append: async (batch) => group.append(encodeBatch(batch)),
    settled: () => group.settled(),
    read: (runId, after = 0) => database.read((query) => readAfter(query, runId, after)),
    removeRun: (runId) =>
      database.write(async (query) => {
        await lockRun(query, runId)
        await query('DELETE FROM events WHERE run_id = $1', [runId])
        await removeLease(query, runId)
        return removeRecord(query, runId)
      }),
  }
}
