/** Tells sessions that live elsewhere what runs added and no driver lived to tell. Call while holding the session's lease. */
import { deliverItems } from '../sessions/spec-sessions.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { RunState } from '../state/run-state.ts'
import { appendFromOutside } from './append-from-outside.ts'
import { readState } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/**
 * Delivers what a run still owes its session, and journals that. The state after it.
 *
 * @throws StoreFailure when the store of the session cannot take it: nothing is lost, and it is tried again by whoever comes next.
 */
async function deliverRun(ports: RuntimePorts, { store }: SpecSessions, state: RunState): Promise<RunState> {
  const upto = await deliverItems(store, state, state.seq)
  if (upto === null) return state
  const draft = { type: 'session.appended' as const, upto }
  const after = await appendFromOutside(ports, state.run_id, async () => ({ drafts: [draft], value: null }))
  return after.state
}

/** Delivers what other runs still owe a session: their drivers died before it was told. */
export async function deliverOthers(
  ports: RuntimePorts,
  sessions: SpecSessions,
  { sessionId, runId }: { readonly sessionId: string; readonly runId: string },
): Promise<void> {
  if (sessions.place === 'run_store') return
  const { store } = ports
  // A run is active until its session has everything, and nobody drives another one of this session now.
  const filter = { session_id: sessionId, status: ['active'], limit: Number.MAX_SAFE_INTEGER } as const
  const runs = await store.listRuns(filter)
  for (const { run_id } of runs.toReversed()) {
    if (run_id === runId) continue
    const state = await readState(ports, run_id)
    if (state.undelivered.length === 0) continue
    const theirs = await ports.sessionPlaces.of(await ports.linker.linkArchived(store, state))
    // Specs with other stores have other conversations under this name.
    if (theirs.url === sessions.url) await deliverRun(ports, theirs, state)
  }
}

/** Delivers what a run and others owe its session. The state of the run after it; the same one where there is nothing to do. */
export async function settleSession(
  ports: RuntimePorts,
  state: RunState,
  baseDir: string | undefined,
): Promise<RunState> {
  const { session, run_id: runId } = state
  if (session?.items === undefined) return state
  const sessions = await ports.sessionPlaces.of(await ports.linker.linkArchived(ports.store, state, baseDir))
  const after = await deliverRun(ports, sessions, state)
  await deliverOthers(ports, sessions, { sessionId: session.id, runId })
  return after
}
