/** Batches of many runs, appended in one transaction by a handful of statements, however many there are. */
import type { EncodedBatch } from '../journal-batch.ts'
import { runVanished } from '../journal-batch.ts'
import type { AppendOutcome } from '../run-store.ts'
import type { StoreFailure } from '../../failures.ts'
import { parseEvent } from '../stored-json.ts'
import { text } from '../columns.ts'
import type { Query } from './database.ts'
import { heldLeases } from './leases.ts'
import { lockAll } from './locks.ts'
import { headsOf, putRecords } from './records.ts'
import type { StoredHead } from './records.ts'
import { appendItems } from './sessions.ts'

/** How one batch of a group fared; what is wrong with one alone is a value, for the others land all the same. */
export type GroupedOutcome = AppendOutcome | StoreFailure

/** The outcomes in the order of the batches, which are of different runs and sessions. Inside a transaction. */
export async function appendGroup(
  query: Query,
  batches: readonly EncodedBatch[],
): Promise<readonly GroupedOutcome[]> {
  await lockAll(query, {
    sessions: batches.flatMap(({ session }) => (session === null ? [] : [session.session_id])),
    runs: batches.map((batch) => batch.run_id),
  })
  const held = await heldLeases(
    query,
    batches.flatMap(({ lease }) => (lease === null ? [] : [lease])),
  )
  const heads = await headsOf(
    query,
    batches.map((batch) => batch.run_id),
  )
  const outcomes: GroupedOutcome[] = []
  for (const batch of batches) outcomes.push(await outcomeOf(query, batch, { held, heads }))
  const landing = batches.filter((_, index) => isLanding(outcomes[index]))
  if (landing.length === 0) return outcomes
  await addEvents(query, landing)
  await putRecords(
    query,
    landing.map((batch) => batch.record),
    heads,
  )
  for (const { session } of landing) if (session !== null) await appendItems(query, session)
  return outcomes
}

function isLanding(outcome: GroupedOutcome | undefined): boolean {
  return outcome !== undefined && 'ok' in outcome && outcome.ok
}

interface Stored {
  /** The runs whose leases are held as the batches say. */
  readonly held: ReadonlySet<string>
  readonly heads: ReadonlyMap<string, StoredHead>
}

async function outcomeOf(
  query: Query,
  batch: EncodedBatch,
  { held, heads }: Stored,
): Promise<GroupedOutcome> {
  const { run_id, after, lease } = batch
  if (lease !== null && !held.has(run_id)) return { ok: false, why: 'fenced' }
  const last = heads.get(run_id)?.seq ?? 0
  if (last > after) return { ok: false, why: 'behind', events: await readAfter(query, run_id, after) }
  return last < after ? runVanished(run_id, after) : { ok: true }
}

/** The events of a run after a seq, in order. */
export async function readAfter(
  query: Query,
  runId: string,
  after: number,
): Promise<readonly ReturnType<typeof parseEvent>[]> {
  const rows = await query('SELECT json FROM events WHERE run_id = $1 AND seq > $2 ORDER BY seq', [
    runId,
    after,
  ])
  return rows.map((row) => parseEvent(text(row, 'json'), runId))
}

async function addEvents(query: Query, batches: readonly EncodedBatch[]): Promise<void> {
  const rows = batches.flatMap(({ run_id, after, events }) =>
    events.map((json, index) => ({ run_id, seq: after + 1 + index, json })),
  )
  await query(ADD_EVENTS, [
    rows.map((row) => row.run_id),
    rows.map((row) => row.seq),
    rows.map((row) => row.json),
  ])
}

const ADD_EVENTS = `
  INSERT INTO events (run_id, seq, json) SELECT * FROM unnest($1::text[], $2::integer[], $3::text[])`
