/** Takes the lease of a run, waiting for a busy session as long as the caller allows. */
import { ConflictFailure } from '../failures.ts'
import type { Clock } from '../ports.ts'
import type { Holder, HolderRecord, Lease, RunStore } from '../store/run-store.ts'

export interface LeaseOptions {
  readonly store: RunStore
  readonly clock: Clock
  readonly holder: Holder
  readonly isGone: (holder: HolderRecord, now: number) => boolean
  /** Milliseconds to wait for another turn on the same session. */
  readonly wait: number
  readonly signal: AbortSignal
}

const POLL_MS = 100

/** @throws ConflictFailure `run_busy` at once, `session_busy` after `wait`. */
export async function openLease(
  options: LeaseOptions,
  runId: string,
  sessionId: string | null,
): Promise<Lease> {
  const { store, clock, holder, isGone } = options
  const deadline = clock.now().getTime() + options.wait
  for (;;) {
    const grant = await store.acquireLease({ run_id: runId, session_id: sessionId, holder, isGone })
    if (grant.ok) return grant.lease
    const who = `process ${grant.holder.pid} on ${grant.holder.host}`
    if (grant.busy === 'run') {
      throw new ConflictFailure(
        'run_busy',
        `Run ${runId} is driven by ${who}`,
        'Wait until it pauses or ends, or cancel it',
      )
    }
    if (clock.now().getTime() >= deadline) {
      throw new ConflictFailure(
        'session_busy',
        `Session ${sessionId} is busy: ${who} drives run ${grant.run_id} in it`,
        'Try again later, or wait longer with --wait',
      )
    }
    await clock.sleep(POLL_MS, options.signal)
  }
}
