/** Sessions that are encrypted, for work on them that no run of a spec does. */
import { UsageFailure } from '../failures.ts'
import { readProgram } from '../link/link-spec.ts'
import { plainRunSessions } from '../sessions/encrypted-sessions.ts'
import { isEnvelope } from '../sessions/session-cipher.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunStore } from '../store/run-store.ts'
import { readState } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'

type Encrypted = SpecSessions & { readonly place: 'run_store' }

/**
 * The session of a run through the key of its spec, for what is read and appended when nobody drives the run; `null` where the run
 * store has it in clear, or does not have it.
 *
 * @throws UsageFailure `session_key`: the key cannot be had.
 */
export async function encryptedSessionsOf(
  ports: Pick<RuntimePorts, 'store' | 'linker' | 'sessionPlaces'>,
  state: RunState,
): Promise<Encrypted | null> {
  const { store, linker, sessionPlaces } = ports
  const { session, spec } = state
  if (session === null || session.items !== undefined) return null
  if (!(await encryptsSessions(store, spec.hash))) return null
  try {
    const sessions = await sessionPlaces.of(await linker.linkArchived(store, state))
    return sessions.place === 'run_store' ? sessions : null
  } catch (error) {
    if (!(error instanceof UsageFailure) || error.code !== 'unset_variable') throw error
    throw new UsageFailure(
      'session_key',
      `Session ${session.id} is encrypted, and its key cannot be had: ${error.message}`,
      error.hint,
    )
  }
}

/** True when the archived spec encrypts its sessions. */
async function encryptsSessions(store: RunStore, hash: string): Promise<boolean> {
  return (await readProgram(store, hash)).session.encryption !== undefined
}

/**
 * Through what a session of the run store reads, and what to append to another one like it, whatever spec it was written with.
 *
 * @throws UsageFailure `session_key`: it is encrypted, and there is no key for it.
 */
export async function sessionsHolding(
  ports: Pick<RuntimePorts, 'store' | 'linker' | 'sessionPlaces'>,
  id: string,
): Promise<SpecSessions> {
  const { store } = ports
  const { items } = await store.sessions.read(id)
  if (items.some(isEnvelope)) {
    // The newest run in it that encrypts has the key.
    for (const { run_id } of await store.listRuns({ session_id: id, limit: Number.MAX_SAFE_INTEGER })) {
      const sessions = await encryptedSessionsOf(ports, await readState(ports, run_id))
      if (sessions !== null) return sessions
    }
  }
  return { place: 'run_store', url: store.url, store: plainRunSessions(store.sessions) }
}
