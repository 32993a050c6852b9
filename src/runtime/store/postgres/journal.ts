/** Journals in PostgreSQL: one row for each event, appended together with the run's record and session items. */
import type { JournalEvent } from '../../state/events.ts'
import { encodeBatch, runVanished } from '../journal-batch.ts'
import type { EncodedBatch } from '../journal-batch.ts'
import type { AppendOutcome, JournalBatch } from '../run-store.ts'
import { parseEvent } from '../stored-json.ts'
import { text } from '../columns.ts'
import type { Database, Query } from './database.ts'
import { isHeld, removeLease } from './leases.ts'
import { lockRun, lockSession } from './locks.ts'
import { headOf, putRecord, removeRecord } from './records.ts'
import { appendItems } from './sessions.ts'

export interface Journal {
  append(batch: JournalBatch): Promise<AppendOutcome>
  read(runId: string, after?: number): Promise<readonly JournalEvent[]>
  /** False for an unknown run. */
  removeRun(runId: string): Promise<boolean>
}

export function createJournal(database: Database): Journal {
  return {
    async append(batch) {
      const encoded = encodeBatch(batch)
      return database.write((query) => append(query, encoded))
    },
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

async function append(query: Query, batch: EncodedBatch): Promise<AppendOutcome> {
  const { run_id, after, lease, record, session } = batch
  if (session !== null) await lockSession(query, session.session_id)
  await lockRun(query, run_id)
  if (lease !== null && !(await isHeld(query, lease))) return { ok: false, why: 'fenced' }
  const head = await headOf(query, run_id)
  const last = head?.seq ?? 0
  if (last > after) return { ok: false, why: 'behind', events: await readAfter(query, run_id, after) }
  if (last < after) throw runVanished(run_id, after)
  await query(ADD_EVENTS, [run_id, after, batch.events])
  await putRecord(query, record, head)
  if (session !== null) await appendItems(query, session)
  return { ok: true }
}

async function readAfter(query: Query, runId: string, after: number): Promise<readonly JournalEvent[]> {
  const rows = await query('SELECT json FROM events WHERE run_id = $1 AND seq > $2 ORDER BY seq', [
    runId,
    after,
  ])
  return rows.map((row) => parseEvent(text(row, 'json'), runId))
}

const ADD_EVENTS = `
  INSERT INTO events (run_id, seq, json)
  SELECT $1, $2::integer + place, json FROM unnest($3::text[]) WITH ORDINALITY AS given (json, place)`
