/** Runs in memory: their journals and records, as JSON texts that no caller can change. */
import type { JournalEvent } from '../../state/events.ts'
import { runVanished } from '../journal-batch.ts'
import type { EncodedBatch, EncodedRecord } from '../journal-batch.ts'
import { parseEvent, parseInterruptions } from '../stored-json.ts'
import type { RunFilter, RunRecord } from '../run-store.ts'

export interface RunTable {
  /** `null` when the batch is next; otherwise the events it has missed. */
  missedBy(batch: EncodedBatch): readonly JournalEvent[] | null
  /** Appends a batch that is next. */
  append(batch: EncodedBatch): void
  readJournal(runId: string, after: number): readonly JournalEvent[]
  read(runId: string): RunRecord | null
  find(prefix: string): readonly RunRecord[]
  list(filter: RunFilter): readonly RunRecord[]
  remove(runId: string): boolean
  /** The hashes that runs use, once for each run. */
  specHashes(): readonly string[]
}

interface StoredRun {
  readonly events: string[]
  readonly specs: Set<string>
  record: EncodedRecord
}

export function createRunTable(): RunTable {
  const runs = new Map<string, StoredRun>()

  function readJournal(runId: string, after: number): readonly JournalEvent[] {
    const events = runs.get(runId)?.events.slice(after) ?? []
    return events.map((json) => parseEvent(json, runId))
  }

  function newest(limit: number, matches: (record: EncodedRecord) => boolean): readonly RunRecord[] {
    return [...runs.values()]
      .map((run) => run.record)
      .filter(matches)
      .reverse()
      .sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : 0))
      .slice(0, limit)
      .map(decodeRecord)
  }

  return {
    missedBy({ run_id, after }) {
      const last = runs.get(run_id)?.events.length ?? 0
      if (last < after) throw runVanished(run_id, after)
      return last === after ? null : readJournal(run_id, after)
    },
    append({ run_id, events, record }) {
      const run = runs.get(run_id) ?? { events: [], specs: new Set(), record }
      for (const event of events) run.events.push(event)
      run.specs.add(record.spec.hash)
      run.record = record
      runs.set(run_id, run)
    },
    readJournal,
    read(runId) {
      const run = runs.get(runId)
      return run === undefined ? null : decodeRecord(run.record)
    },
    find: (prefix) => newest(20, (record) => record.run_id.startsWith(prefix)),
    list({ status, session_id, limit = 50 }) {
      return newest(
        limit,
        (record) =>
          (status === undefined || status.includes(record.status)) &&
          (session_id === undefined || record.session_id === session_id),
      )
    },
    remove: (runId) => runs.delete(runId),
    specHashes: () => [...runs.values()].flatMap((run) => [...run.specs]),
  }
}

function decodeRecord(record: EncodedRecord): RunRecord {
  return {
    ...record,
    spec: { ...record.spec },
    interruptions: parseInterruptions(record.interruptions, record.run_id),
  }
}
