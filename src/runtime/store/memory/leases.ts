/** Leases in memory, by the same rules as in a database. */
import type { HolderRecord, Lease, LeaseGrant, LeaseRequest } from '../run-store.ts'

export interface LeaseTable {
  acquire(request: LeaseRequest): LeaseGrant
  release(lease: Lease): void
  heartbeat(driverId: string): void
  isHeld(lease: Lease): boolean
  /** The holder of a run's lease; `null` when it is free. */
  holderOf(runId: string): HolderRecord | null
  /** Forgets a run's lease and its epoch. */
  remove(runId: string): void
}

interface HeldLease {
  readonly lease: Lease
  readonly session_id: string | null
}

export function createLeaseTable(now: () => number): LeaseTable {
  /** Kept when a lease is free, so that the next grant has a greater one. */
  const epochs = new Map<string, number>()
  const held = new Map<string, HeldLease>()
  /** One entry for each process that ever asked, which in memory is hardly more than this one. */
  const drivers = new Map<string, HolderRecord>()

  function holderOf(runId: string): HolderRecord | null {
    const driverId = held.get(runId)?.lease.driver_id
    return driverId === undefined ? null : (drivers.get(driverId) ?? null)
  }

  /** The run itself first: it says most about why a request is refused. */
  function runsInTheWay({ run_id, session_id }: LeaseRequest): readonly string[] {
    if (session_id === null) return [run_id]
    const ofSession = [...held].filter(([id, other]) => id !== run_id && other.session_id === session_id)
    return [run_id, ...ofSession.map(([id]) => id)]
  }

  function isHeld({ run_id, epoch, driver_id }: Lease): boolean {
    const lease = held.get(run_id)?.lease
    return lease?.epoch === epoch && lease.driver_id === driver_id
  }

  return {
    isHeld,
    holderOf,
    acquire(request) {
      const { run_id, session_id, holder } = request
      const at = now()
      const inTheWay = runsInTheWay(request)
      for (const id of inTheWay) {
        const other = holderOf(id)
        if (other === null) continue
        if (other.driver_id === holder.driver_id || !request.isGone(other, at)) {
          return { ok: false, busy: id === run_id ? 'run' : 'session', run_id: id, holder: other }
        }
      }
      for (const id of inTheWay) held.delete(id)
      const lease = { run_id, epoch: (epochs.get(run_id) ?? 0) + 1, driver_id: holder.driver_id }
      epochs.set(run_id, lease.epoch)
      held.set(run_id, { lease, session_id })
      drivers.set(holder.driver_id, Object.freeze({ ...holder, beat_at: at }))
      return { ok: true, lease: { ...lease } }
    },
    release(lease) {
      if (isHeld(lease)) held.delete(lease.run_id)
    },
    heartbeat(driverId) {
      const driver = drivers.get(driverId)
      if (driver !== undefined) drivers.set(driverId, Object.freeze({ ...driver, beat_at: now() }))
    },
    remove(runId) {
      held.delete(runId)
      epochs.delete(runId)
    },
  }
}
