/** Leases in PostgreSQL: who drives which run. A lease's row stays when it is free, so that its epoch keeps growing. */
import type { HolderRecord, Lease, LeaseGrant, LeaseRequest } from '../run-store.ts'
import { integer, text } from '../columns.ts'
import { HOLDER_COLUMNS, readHolder } from '../rows.ts'
import type { Database, Query } from './database.ts'
import { lockRun, lockSession } from './locks.ts'

export interface Leases {
  acquire(request: LeaseRequest): Promise<LeaseGrant>
  release(lease: Lease): Promise<void>
  heartbeat(driverId: string): Promise<void>
}

interface HeldLease {
  readonly run_id: string
  readonly holder: HolderRecord
}

/** The clock is the server's: hosts whose clocks differ judge a silent holder alike. */
export function createLeases(database: Database): Leases {
  return {
    acquire: (request) => database.write((query) => acquire(query, request)),
    release: (lease) =>
      database.write(async (query) => {
        if (await isHeld(query, lease)) await free(query, lease.run_id, lease.driver_id)
      }),
    heartbeat: (driverId) =>
      database.write(async (query) => {
        await query(`UPDATE drivers SET beat_at = ${NOW} WHERE driver_id = $1`, [driverId])
      }),
  }
}

/** Whether a lease is still held as granted; nobody takes it before the transaction ends. */
async function isHeld(query: Query, lease: Lease): Promise<boolean> {
  const rows = await query(IS_HELD, [lease.run_id, lease.epoch, lease.driver_id])
  return rows.length > 0
}

/** The runs of those leases that are still held as granted; nobody takes them before the transaction ends. */
export async function heldLeases(query: Query, leases: readonly Lease[]): Promise<ReadonlySet<string>> {
  if (leases.length === 0) return new Set()
  const rows = await query(ARE_HELD, [
    leases.map((lease) => lease.run_id),
    leases.map((lease) => lease.epoch),
    leases.map((lease) => lease.driver_id),
  ])
  return new Set(rows.map((row) => text(row, 'run_id')))
}

/** Removes a run's lease, inside a transaction. */
export async function removeLease(query: Query, runId: string): Promise<void> {
  const [held] = await query(`${HELD} WHERE run_id = $1`, [runId])
  await query('DELETE FROM leases WHERE run_id = $1', [runId])
  if (held !== undefined) await query(FORGET_DRIVER, [text(held, 'driver_id')])
}

async function acquire(query: Query, request: LeaseRequest): Promise<LeaseGrant> {
  const { run_id, session_id, holder } = request
  if (session_id !== null) await lockSession(query, session_id)
  await lockRun(query, run_id)
  const [clock] = await query(`SELECT ${NOW} AS now`)
  const now = clock === undefined ? 0 : integer(clock, 'now')
  const held = await inTheWay(query, request)
  for (const other of held) {
    if (other.holder.driver_id === holder.driver_id || !request.isGone(other.holder, now)) {
      const busy = other.run_id === run_id ? 'run' : 'session'
      return { ok: false, busy, run_id: other.run_id, holder: other.holder }
    }
  }
  for (const other of held) await free(query, other.run_id, other.holder.driver_id)
  const { driver_id, host, boot_id, pid_namespace, pid, process_start } = holder
  await query(KEEP_DRIVER, [driver_id, host, boot_id, pid_namespace, pid, process_start, now])
  const [granted = {}] = await query(GRANT, [run_id, driver_id, session_id])
  return { ok: true, lease: { run_id, epoch: integer(granted, 'epoch'), driver_id } }
}

/** Leases in the way of a request: on its run, and on other runs of its session. */
async function inTheWay(query: Query, { run_id, session_id }: LeaseRequest): Promise<readonly HeldLease[]> {
  const rows = await query(HELD_ON_RUN_OR_SESSION, [run_id, session_id])
  return rows.map((row) => ({ run_id: text(row, 'run_id'), holder: readHolder(row) }))
}

async function free(query: Query, runId: string, driverId: string): Promise<void> {
  await query('UPDATE leases SET driver_id = NULL, session_id = NULL WHERE run_id = $1', [runId])
  await query(FORGET_DRIVER, [driverId])
}

/** Milliseconds since the epoch. */
const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::double precision'
const HELD = `SELECT run_id, ${HOLDER_COLUMNS} FROM leases JOIN drivers USING (driver_id)`
// The run's own lease first: it says most about why a request is refused.
const HELD_ON_RUN_OR_SESSION = `
  ${HELD} WHERE run_id = $1 OR session_id = $2::text
  ORDER BY (run_id <> $1), run_id
  FOR UPDATE OF leases`
const IS_HELD = 'SELECT 1 FROM leases WHERE run_id = $1 AND epoch = $2 AND driver_id = $3 FOR SHARE'
const ARE_HELD = `
  SELECT run_id FROM leases
  JOIN unnest($1::text[], $2::integer[], $3::text[]) AS given (run_id, epoch, driver_id)
    USING (run_id, epoch, driver_id)
  ORDER BY run_id
  FOR SHARE OF leases`
const FORGET_DRIVER = `
  DELETE FROM drivers
  WHERE driver_id = $1 AND NOT EXISTS (SELECT 1 FROM leases WHERE driver_id = $1)`
const KEEP_DRIVER = `
  INSERT INTO drivers (${HOLDER_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (driver_id) DO UPDATE SET beat_at = excluded.beat_at`
const GRANT = `
  INSERT INTO leases (run_id, epoch, driver_id, session_id) VALUES ($1, 1, $2, $3)
  ON CONFLICT (run_id) DO UPDATE
    SET epoch = leases.epoch + 1, driver_id = excluded.driver_id, session_id = excluded.session_id
  RETURNING epoch`
