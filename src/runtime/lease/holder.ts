/** Who this process is, as the leases it takes will say. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Holder } from '../store/run-store.ts'
import { bootId, ownPid, pidNamespace, processStart, UNKNOWN } from './local-process.ts'

/**
 * The holder of this process's leases. Every call gives another `driver_id`: ask once, and pass it on.
 * A fact that the system does not tell is `unknown`.
 */
export function currentHolder(): Holder {
  return {
    driver_id: randomUUID(),
    host: hostname(),
    boot_id: bootId(),
    pid_namespace: pidNamespace(),
    pid: ownPid,
    process_start: processStart(ownPid) ?? UNKNOWN,
  }
}
