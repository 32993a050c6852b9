/** A new session with the beginning of another one. */
import { ConflictFailure, UsageFailure } from '../failures.ts'
import type { SessionBranch, SessionBranchOrder } from '../runtime.ts'
import { openLease } from '../segment/open-lease.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { SessionPage, SessionStretch } from '../sessions/session-store.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import type { SessionRange } from '../state/session-range.ts'
import { canonicalJson } from '../../util/canonical-json.ts'
import { foldJournal } from '../state/apply.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunStore } from '../store/run-store.ts'
import { sessionsHolding } from './encrypted-session.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/**
 * The new session has the first turns of the other one, and the agent that spoke last in them; the other one stays as it is.
 * A turn begins with what a user says.
 *
 * @throws UsageFailure `unknown_session`, `unknown_turn`, `session_key`; ConflictFailure `session_exists`, `session_busy`.
 */
export async function branchSession(ports: RuntimePorts, order: SessionBranchOrder): Promise<SessionBranch> {
  const { store } = ports
  const { session_id: id, at, as } = order
  const sessions = await sessionsOf(ports, id, order.spec)
  const page = await sessions.store.read(id)
  if (page.items.length === 0) {
    throw new UsageFailure(
      'unknown_session',
      `There is no session "${id}" in ${sessions.url}, or it is empty`,
      'agentspec sessions list shows them',
    )
  }
  const starts = turnStarts(page.items)
  if (!Number.isInteger(at) || at < 1 || at > starts.length) {
    throw new UsageFailure(
      'unknown_turn',
      `Session ${id} has no turn ${at}`,
      `Its turns are 1 to ${starts.length}`,
    )
  }
  const items = page.items.slice(0, starts[at])
  const last_agent = await agentAt(store, page, { id, length: items.length })
  // The lease of a run that will never be keeps turns away from the new session meanwhile.
  const signal = new AbortController().signal
  const lease = await openLease({ ...ports, wait: 0, signal }, ports.ids.runId(), as)
  try {
    if ((await sessions.store.list()).some(({ session_id }) => session_id === as)) {
      throw new ConflictFailure(
        'session_exists',
        `Session ${as} exists already`,
        'Choose another name (--as)',
      )
    }
    await sessions.store.append({ session_id: as, operation: `${lease.run_id}:1`, items, last_agent })
  } finally {
    await store.releaseLease(lease)
  }
  return { session_id: as, last_agent, items }
}

async function sessionsOf(
  ports: RuntimePorts,
  id: string,
  spec: CompiledSpec | undefined,
): Promise<SpecSessions> {
  if (spec === undefined) return sessionsHolding(ports, id)
  return ports.sessionPlaces.of(await ports.linker.link(spec))
}

/** The places where turns begin. */
function turnStarts(items: readonly Item[]): readonly number[] {
  return items.flatMap((item, index) => {
    const former = items[index - 1]
    const isFirst = index === 0 || (item['role'] === 'user' && former?.['role'] !== 'user')
    return isFirst ? [index] : []
  })
}

/** The agent of the run that said the last of these items; the session's own when no run is left that did. */
async function agentAt(
  store: RunStore,
  page: SessionPage,
  { id, length }: { readonly id: string; readonly length: number },
): Promise<string> {
  const latest = page.last_agent ?? ''
  if (length === page.items.length) return latest
  const runs = await store.listRuns({ session_id: id, limit: Number.MAX_SAFE_INTEGER })
  let found: { readonly upto: number; readonly agent: string } | null = null
  for (const { run_id } of runs) {
    const journal = await store.readJournal(run_id)
    if (journal.length === 0) continue
    const state = foldJournal(journal)
    const upto = state.session === null ? null : placeOf(state.session, page)
    if (upto !== null && upto < length && upto >= (found?.upto ?? 0))
      found = { upto, agent: rootFrame(state).agent }
  }
  return found?.agent ?? latest
}

/** How many of the items of a page came before a run; `null` where that cannot be told. */
function placeOf(session: SessionRange, page: SessionPage): number | null {
  const { items } = session
  if (items === undefined) return isStretch(page) ? session.upto - page.upto + page.items.length : null
  // What a run began from, where there is no sequence: the beginning of the page, unless it was limited or cleared.
  const same = canonicalJson(page.items.slice(0, items.length)) === canonicalJson(items)
  return same ? items.length : null
}

function isStretch(page: SessionPage): page is SessionStretch {
  return 'upto' in page
}
