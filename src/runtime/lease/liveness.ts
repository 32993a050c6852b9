/** Tells a dead holder of a lease from one that is only silent. */
import type { Holder, HolderRecord } from '../store/run-store.ts'
import { processStart, UNKNOWN } from './local-process.ts'

/** Milliseconds after which a holder that cannot be asked about counts as gone. */
const SILENCE_LIMIT = 15_000

/**
 * A check, seen from the process `self`, of whether the holder of a lease can be replaced; `now` is the store's clock.
 *
 * - A process of this machine, boot and pid namespace is gone when the system says so, never because it is silent:
 *   a stopped or a busy process may still go on.
 * - One of an earlier boot of this machine is gone.
 * - Any other is gone when it was silent for `SILENCE_LIMIT`; so is one of this machine whose start time the system
 *   does not tell, since its pid may be another process's by now.
 */
export function createLivenessCheck(self: Holder): (holder: HolderRecord, now: number) => boolean {
  return (holder, now) => {
    if (holder.driver_id === self.driver_id) return false
    const silent = now - holder.beat_at > SILENCE_LIMIT
    if (holder.host !== self.host) return silent
    if (holder.boot_id !== self.boot_id) return true
    if (holder.pid_namespace !== self.pid_namespace) return silent
    const start = processStart(holder.pid)
    if (start === null) return true
    if (start === UNKNOWN || holder.process_start === UNKNOWN) return silent
    return start !== holder.process_start
  }
}
