/** Ends a run from outside: the wish is journaled first, then whoever may append the end does. */
import { ConflictFailure } from '../failures.ts'
import { resultOf } from '../run-result.ts'
import type { RunResult } from '../run-result.ts'
import { createJournalWriter } from '../runner/journal-writer.ts'
import type { CancelOrder } from '../runtime.ts'
import { hasEnded } from '../state/run-state.ts'
import { appendFromOutside } from './append-from-outside.ts'
import { settleSession } from './deliver-session.ts'
import { encryptedSessionsOf } from './encrypted-session.ts'
import { readState } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** @throws ConflictFailure `run_ended`; UsageFailure `unknown_run`, `session_key`. */
export async function cancelRun(ports: RuntimePorts, runId: string, order: CancelOrder): Promise<RunResult> {
  // The turn it ends in becomes part of the session.
  const sessions = await encryptedSessionsOf(ports, await readState(ports, runId))
  const { state } = await appendFromOutside(ports, runId, async (current) => {
    if (hasEnded(current)) {
      throw new ConflictFailure('run_ended', `Run ${runId} has ended already: it is ${current.phase}`)
    }
    const reason = order.reason === undefined ? {} : { reason: order.reason }
    const draft = { type: 'cancel.requested' as const, by: order.by, ...reason }
    return { drafts: current.cancel === null ? [draft] : [], value: null }
  })
  const { holder, isGone } = ports
  // Ending a run is no turn of its session, so that another turn under way there is not in the way.
  const grant = await ports.store.acquireLease({ run_id: runId, session_id: null, holder, isGone })
  if (!grant.ok) return resultOf(state, true)
  try {
    const current = await readState(ports, runId)
    if (hasEnded(current)) return resultOf(current, false)
    const writer = createJournalWriter({
      ...ports,
      lease: grant.lease,
      state: current,
      fresh: [],
      ...(sessions === null ? {} : { sessions }),
    })
    const reason = order.reason === undefined ? {} : { reason: order.reason }
    writer.record({ type: 'run.cancelled', by: order.by, ...reason })
    await writer.commit()
    return resultOf(await settleSession(ports, writer.state, undefined), false)
  } finally {
    await ports.store.releaseLease(grant.lease)
  }
}
