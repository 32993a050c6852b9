/** Leases in SQLite: who drives which run. A lease's row stays when it is free, so that its epoch keeps growing. */
import type { HolderRecord, Lease, LeaseGrant, LeaseRequest } from '../run-store.ts'
import { integer, text } from '../columns.ts'
import { HOLDER_COLUMNS, readHolder } from '../rows.ts'
import type { Database } from './database.ts'

export interface Leases {
  acquire(request: LeaseRequest): Promise<LeaseGrant>
  release(lease: Lease): Promise<void>
  heartbeat(driverId: string): Promise<void>
  /** Whether a lease is still held as granted. Call inside a write. */
  isHeld(lease: Lease): boolean
  /** Removes a run's lease. Call inside a write. */
  remove(runId: string): void
}

interface HeldLease {
  readonly run_id: string
  readonly holder: HolderRecord
}

export function createLeases(database: Database): Leases {
  const sql = (text: string) => database.statement(text)

  /** Leases in the way of a request: on its run, and on other runs of its session. */
  function inTheWay(request: LeaseRequest): readonly HeldLease[] {
    const rows =
      request.session_id === null
        ? sql(HELD_ON_RUN).all(request.run_id)
        : sql(HELD_ON_RUN_OR_SESSION).all(request.run_id, request.session_id)
    return rows.map((row) => ({ run_id: text(row, 'run_id'), holder: readHolder(row) }))
  }

  function free(runId: string, driverId: string): void {
    sql(FREE).run(runId)
    sql(FORGET_DRIVER).run(driverId)
  }

  function acquire(request: LeaseRequest): LeaseGrant {
    const { run_id, session_id, holder } = request
    const now = database.now()
    const held = inTheWay(request)
    for (const other of held) {
      if (other.holder.driver_id === holder.driver_id || !request.isGone(other.holder, now)) {
        const busy = other.run_id === run_id ? 'run' : 'session'
        return { ok: false, busy, run_id: other.run_id, holder: other.holder }
      }
    }
    for (const other of held) free(other.run_id, other.holder.driver_id)
    const { driver_id, host, boot_id, pid_namespace, pid, process_start } = holder
    sql(KEEP_DRIVER).run(driver_id, host, boot_id, pid_namespace, pid, process_start, now)
    const granted = sql(GRANT).get(run_id, driver_id, session_id) ?? {}
    return { ok: true, lease: { run_id, epoch: integer(granted, 'epoch'), driver_id } }
  }

  function release(lease: Lease): void {
    if (isHeld(lease)) free(lease.run_id, lease.driver_id)
  }

  function isHeld(lease: Lease): boolean {
    return sql(IS_HELD).get(lease.run_id, lease.epoch, lease.driver_id) !== undefined
  }

  return {
    isHeld,
    // A lease says that a process lives: none does after the machine was lost, so nothing waits for the disk.
    acquire: (request) => database.write(() => acquire(request), 'process'),
    release: (lease) => database.write(() => release(lease), 'process'),
    heartbeat: (driverId) =>
      database.write(() => {
        sql('UPDATE drivers SET beat_at = ? WHERE driver_id = ?').run(database.now(), driverId)
      }, 'process'),
    remove(runId) {
      const held = sql(HELD_ON_RUN).get(runId)
      sql('DELETE FROM leases WHERE run_id = ?').run(runId)
      if (held !== undefined) sql(FORGET_DRIVER).run(text(held, 'driver_id'))
    },
  }
}

const HELD = `SELECT run_id, ${HOLDER_COLUMNS} FROM leases JOIN drivers USING (driver_id)`
const HELD_ON_RUN = `${HELD} WHERE run_id = ?`
// The run's own lease first: it says most about why a request is refused.
const HELD_ON_RUN_OR_SESSION = `
  ${HELD} WHERE run_id = ?1 OR session_id = ?2
  ORDER BY run_id <> ?1`
const IS_HELD = 'SELECT 1 FROM leases WHERE run_id = ? AND epoch = ? AND driver_id = ?'
const FREE = 'UPDATE leases SET driver_id = NULL, session_id = NULL WHERE run_id = ?'
const FORGET_DRIVER = `
  DELETE FROM drivers
  WHERE driver_id = ?1 AND NOT EXISTS (SELECT 1 FROM leases WHERE driver_id = ?1)`
const KEEP_DRIVER = `
  INSERT INTO drivers (${HOLDER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET beat_at = excluded.beat_at`
const GRANT = `
  INSERT INTO leases (run_id, epoch, driver_id, session_id) VALUES (?, 1, ?, ?)
  ON CONFLICT DO UPDATE SET epoch = epoch + 1, driver_id = excluded.driver_id, session_id = excluded.session_id
  RETURNING epoch`
