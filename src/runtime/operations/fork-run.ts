/** A new run from a point in the journal of another one. */
import { UsageFailure } from '../failures.ts'
import { distrusted, withSession } from '../documents/document-of.ts'
import { readProgram } from '../link/link-spec.ts'
import type { ForkOutcome } from '../runtime.ts'
import { openLease } from '../segment/open-lease.ts'
import { invariant } from '../../util/invariant.ts'
import { foldJournal } from '../state/apply.ts'
import type { JournalEvent } from '../state/events.ts'
import type { SessionRange } from '../state/session-range.ts'
import { keptItems } from '../state/history.ts'
import { recordOf } from '../state/record.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import { historyOf } from '../sessions/spec-sessions.ts'
import type { SessionAppend } from '../sessions/session-store.ts'
import { encryptedSessionsOf } from './encrypted-session.ts'
import { unknownRun } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/**
 * The new run rests where the other one was after event `at`: calls that had started and have no result are in doubt in it, and
 * decisions that were not consumed by then do not count. Where there is a session, the new run has a branch of it, so that what
 * it says does not mix with what the other one goes on to say.
 *
 * @throws UsageFailure `unknown_run`; `unknown_event` for a point that is none, or that ended the run.
 */
export async function forkRun(ports: RuntimePorts, runId: string, at: number): Promise<ForkOutcome> {
  const { store } = ports
  const journal = await store.readJournal(runId)
  if (journal.length === 0) throw unknownRun(ports, runId)
  if (!Number.isInteger(at) || at < 1 || at > journal.length) {
    throw new UsageFailure(
      'unknown_event',
      `Run ${runId} has no event ${at}`,
      `Its events are 1 to ${journal.length}`,
    )
  }
  const state = foldJournal(journal.slice(0, at))
  if (state.phase === 'completed' || state.phase === 'cancelled') {
    throw new UsageFailure(
      'unknown_event',
      `Event ${at} ended run ${runId}`,
      `Fork it before, as in --at ${at - 1}`,
    )
  }
  // A fork nobody could go on with would be of no use.
  await readProgram(store, state.spec.hash)
  const run_id = ports.ids.runId()
  const branch = await branchOf(ports, state, run_id)
  const renamed = journal.slice(0, at).map((event): JournalEvent => ({ ...event, run_id }))
  const events = distrusted(withSession(renamed, branch?.range ?? null))
  const signal = new AbortController().signal
  const lease = await openLease({ ...ports, wait: 0, signal }, run_id, branch?.range.id ?? null)
  try {
    const outcome = await store.append({
      run_id,
      after: 0,
      lease,
      events,
      record: recordOf(foldJournal(events)),
      ...(branch === null || branch.append === null ? {} : { session: branch.append }),
    })
    invariant(outcome.ok, `nobody else knows run ${run_id} yet`)
  } finally {
    await store.releaseLease(lease)
  }
  return { run_id, forked_from: runId }
}

interface Branch {
  readonly range: SessionRange
  /** What the branch begins with, where the run store keeps it: appended with the journal. */
  readonly append: SessionAppend | null
}

/** A session of its own, with the history of the run and what it had added by then. */
async function branchOf(ports: RuntimePorts, state: RunState, run_id: string): Promise<Branch | null> {
  const { store } = ports
  const { session } = state
  if (session === null) return null
  const encrypted = await encryptedSessionsOf(ports, state)
  const history = await historyOf(encrypted?.store ?? store.sessions, session)
  const root = rootFrame(state)
  const id = `${session.id}~${run_id}`
  const elsewhere = session.items !== undefined
  // What the other run had not delivered by then, this one delivers when it goes on.
  const all = keptItems(root)
  const said = elsewhere ? all.slice(0, state.undelivered[0]?.from ?? state.noted_items) : all
  const append = {
    session_id: id,
    operation: `${run_id}:${elsewhere ? 0 : state.seq}`,
    items: [...history, ...said],
    last_agent: root.agent,
  }
  const range = { id, from: 0, upto: history.length }
  if (!elsewhere)
    return { range, append: append.items.length === 0 ? null : (encrypted?.seal?.(append) ?? append) }
  const sessions = await ports.sessionPlaces.of(await ports.linker.linkArchived(store, state))
  // First, and under the name of a run that nobody knows yet: whatever comes between leaves at most a session without a run.
  if (append.items.length > 0) await sessions.store.append(append)
  return { range: { ...range, items: history }, append: null }
}
