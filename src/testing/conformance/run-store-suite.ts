/** The words in which the checks of run stores are written. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { EventOf } from '../../runtime/state/events.ts'
import type {
  AppendOutcome,
  Holder,
  JournalBatch,
  Lease,
  LeaseGrant,
  RunRecord,
  RunStore,
} from '../../runtime/store/run-store.ts'

/** A fresh, empty store, and what a suite may do with it. */
export interface OpenedRunStore {
  readonly store: RunStore
  /**
   * Opens the same data once more, as another process has it open; the suite closes what it gets.
   * Absent for a store whose data only one process can see.
   */
  readonly reopen?: () => Promise<RunStore>
  /** Removes the data; the store itself may be closed already. */
  close(): Promise<void>
}

/** A guarantee by its name, checked on a fresh store. */
export type RunStoreChecks = Readonly<Record<string, (opened: OpenedRunStore) => Promise<void>>>

export function addedInput(run_id: string, seq: number, text = `event ${seq}`): EventOf<'input.added'> {
  return {
    type: 'input.added',
    run_id,
    seq,
    at: '2026-11-01T08:00:00.000Z',
    items: [{ type: 'message', role: 'user', content: text }],
  }
}

export function runRecord(run_id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    run_id,
    status: 'active',
    spec: { name: 'desk', version: '1.0.0', hash: 'sha256:one' },
    session_id: null,
    last_agent: 'triage',
    turns: 1,
    seq: 1,
    started_at: '2026-11-01T08:00:00.000Z',
    updated_at: '2026-11-01T08:00:01.000Z',
    interruptions: [],
    ...changes,
  }
}

/** `count` events after `after`, with a record that fits them. */
export function journalBatch(
  run_id: string,
  after: number,
  options: Partial<Omit<JournalBatch, 'record'>> & { count?: number; record?: Partial<RunRecord> } = {},
): JournalBatch {
  const { count = 1, record, ...rest } = options
  const events = Array.from({ length: count }, (_, index) => addedInput(run_id, after + 1 + index))
  return {
    run_id,
    after,
    lease: null,
    events,
    ...rest,
    record: runRecord(run_id, { seq: after + (rest.events ?? events).length, ...record }),
  }
}

/** Starts a run with one event, outside of any lease. */
export async function startRun(
  store: RunStore,
  run_id: string,
  record: Partial<RunRecord> = {},
): Promise<void> {
  assertLanded(await store.append(journalBatch(run_id, 0, { record })))
}

export function assertLanded(outcome: AppendOutcome): void {
  assert.deepEqual(outcome, { ok: true })
}

export function holderNamed(driver_id: string): Holder {
  return {
    driver_id,
    host: 'host-a',
    boot_id: 'boot-1',
    pid_namespace: 'pid:[1]',
    pid: 42,
    process_start: '1000',
  }
}

export interface Asking {
  readonly by: string
  readonly session?: string
  readonly isGone?: (driverId: string) => boolean
}

/** Asks for a lease; holders in the way are alive unless `isGone` says otherwise. */
export async function ask(
  store: RunStore,
  run_id: string,
  { by, session, isGone }: Asking,
): Promise<LeaseGrant> {
  return store.acquireLease({
    run_id,
    session_id: session ?? null,
    holder: holderNamed(by),
    isGone: (holder) => isGone?.(holder.driver_id) ?? false,
  })
}

/** Asks for a lease that must be granted. */
export async function take(store: RunStore, run_id: string, asking: Asking): Promise<Lease> {
  const grant = await ask(store, run_id, asking)
  assert.ok(grant.ok, `${asking.by} does not get the lease of ${run_id}`)
  return grant.lease
}

/** Who holds the lease of a run that was started. */
export async function driverOf(store: RunStore, run_id: string): Promise<string | undefined> {
  return (await store.readRun(run_id))?.holder?.driver_id
}

/** Lets the store's clock, whichever that is, move on by some milliseconds. */
export async function letTimePass(): Promise<void> {
  await setTimeout(20)
}
