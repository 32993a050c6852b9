/** Journals in SQLite: one row for each event, appended together with the run's record and session items. */
import type { JournalEvent } from '../../state/events.ts'
import { encodeBatch, runVanished } from '../journal-batch.ts'
import type { EncodedBatch } from '../journal-batch.ts'
import type { AppendOutcome, JournalBatch } from '../run-store.ts'
import { parseEvent } from '../stored-json.ts'
import { text } from '../columns.ts'
import type { Database } from './database.ts'
import type { Leases } from './leases.ts'
import type { Records } from './records.ts'
import type { Sessions } from './sessions.ts'

export interface Journal {
  append(batch: JournalBatch): Promise<AppendOutcome>
  read(runId: string, after?: number): Promise<readonly JournalEvent[]>
  /** False for an unknown run. */
  removeRun(runId: string): Promise<boolean>
}

export interface JournalParts {
  readonly records: Records
  readonly leases: Leases
  readonly sessions: Sessions
}

export function createJournal(database: Database, { records, leases, sessions }: JournalParts): Journal {
  const sql = (text: string) => database.statement(text)

  function readAfter(runId: string, after: number): readonly JournalEvent[] {
    return sql('SELECT json FROM events WHERE run_id = ? AND seq > ? ORDER BY seq')
      .all(runId, after)
      .map((row) => parseEvent(text(row, 'json'), runId))
  }

  function append(batch: EncodedBatch): AppendOutcome {
    const { run_id, after, lease, record } = batch
    if (lease !== null && !leases.isHeld(lease)) return { ok: false, why: 'fenced' }
    const head = records.head(run_id)
    const last = head?.seq ?? 0
    if (last > after) return { ok: false, why: 'behind', events: readAfter(run_id, after) }
    if (last < after) throw runVanished(run_id, after)
    const insert = sql('INSERT INTO events (run_id, seq, json) VALUES (?, ?, ?)')
    batch.events.forEach((event, index) => insert.run(run_id, after + 1 + index, event))
    records.put(record, head)
    if (batch.session !== null) sessions.append(batch.session)
    return { ok: true }
  }

  return {
    async append(batch) {
      const encoded = encodeBatch(batch)
      return database.write(() => append(encoded))
    },
    read: (runId, after = 0) => database.read(() => readAfter(runId, after)),
    removeRun: (runId) =>
      database.write(() => {
        sql('DELETE FROM events WHERE run_id = ?').run(runId)
        leases.remove(runId)
        return records.remove(runId)
      }),
  }
}
