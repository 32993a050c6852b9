/** Journal batches as they are stored: checked and serialized once, before anything is written. */
import { invariant } from '../../util/invariant.ts'
import { StoreFailure } from '../failures.ts'
import { encodeSessionAppend } from '../sessions/session-append.ts'
import type { EncodedSessionAppend } from '../sessions/session-append.ts'
import type { JournalBatch, Lease, RunRecord } from './run-store.ts'

/** A record whose interruptions are JSON. */
export interface EncodedRecord extends Omit<RunRecord, 'interruptions'> {
  readonly interruptions: string
}

export interface EncodedBatch {
  readonly run_id: string
  readonly after: number
  readonly lease: Lease | null
  /** JSON of each event. */
  readonly events: readonly string[]
  readonly record: EncodedRecord
  readonly session: EncodedSessionAppend | null
}

/**
 * Serializes a batch, so that later changes by the caller do not reach the store.
 *
 * @throws InternalError for a batch that would leave a gap in the journal, or whose record does not fit it.
 */
export function encodeBatch(batch: JournalBatch): EncodedBatch {
  assertConsistent(batch)
  const { run_id, after, lease, events, record, session } = batch
  return {
    run_id,
    after,
    lease: lease === null ? null : { ...lease },
    events: events.map((event) => JSON.stringify(event)),
    record: {
      ...record,
      spec: { ...record.spec },
      interruptions: JSON.stringify(record.interruptions),
    },
    session: session === undefined ? null : encodeSessionAppend(session),
  }
}

/** For an append that continues events which are not there: the run was removed while somebody worked on it. */
export function runVanished(runId: string, after: number): StoreFailure {
  return new StoreFailure(
    `Run ${runId} has no event ${after} any more: it was removed from the store meanwhile.`,
  )
}

function assertConsistent({ run_id, after, events, record, lease }: JournalBatch): void {
  invariant(events.length > 0, `an append to ${run_id} has no events`)
  events.forEach((event, index) => {
    invariant(event.run_id === run_id, `an event of ${event.run_id} is appended to ${run_id}`)
    invariant(event.seq === after + 1 + index, `event ${event.seq} of ${run_id} is not the next one`)
  })
  invariant(record.run_id === run_id, `the record of ${record.run_id} is appended to ${run_id}`)
  invariant(record.seq === after + events.length, `the record of ${run_id} is not that of its last event`)
  invariant(lease === null || lease.run_id === run_id, `a lease of ${lease?.run_id} is used for ${run_id}`)
}
