/** Brings a run in from a portable document. */
import { ConflictFailure, UsageFailure } from '../failures.ts'
import { readProgram } from '../link/link-spec.ts'
import { isDriven } from '../operations/read-run.ts'
import type { RuntimePorts } from '../operations/runtime-ports.ts'
import { statusOf } from '../run-result.ts'
import type { RunStatus } from '../run-result.ts'
import { openLease } from '../segment/open-lease.ts'
import { foldJournal } from '../state/apply.ts'
import type { JournalEvent } from '../state/events.ts'
import { recordOf } from '../state/record.ts'
import { restingPhase } from '../state/run-state.ts'
import type { ArchivedSpec, Lease, RunStore } from '../store/run-store.ts'
import { isProgram } from './check-program.ts'
import { commonLength } from './compare-journals.ts'
import { distrusted, withSession } from './document-of.ts'
import { specToArchive } from './import-spec.ts'
import { planSession } from './import-session.ts'
import { readDocument } from './read-document.ts'
import type { ReadDocument } from './read-document.ts'

export type ImportPorts = Pick<RuntimePorts, 'store' | 'clock' | 'holder' | 'isGone' | 'stateKey'>

export interface ImportedRun {
  readonly run_id: string
  readonly status: RunStatus
}

/**
 * Checks a document, then writes its run, spec and session items; all of it or, apart from an archived spec, nothing. The same
 * journal already here is left as it is. In a document without our seal decisions do not count: those calls wait again, and
 * calls that had started are in doubt.
 *
 * @throws UsageFailure for a document that is not valid, or whose spec or session is missing or not trusted; ConflictFailure
 *   when this store has another journal of that run (`run_exists`), other items in its session (`session_differs`), or somebody
 *   drives one of the two (`run_busy`, `session_busy`).
 */
export async function importRun(
  ports: ImportPorts,
  document: unknown,
  options: { readonly trustSpec?: boolean } = {},
): Promise<ImportedRun> {
  const read = readDocument(document, ports.stateKey)
  const spec = await specToArchive(ports.store, read, options.trustSpec === true)
  await refuseEncrypted(ports.store, read, spec)
  const present = await presentRun(ports, read)
  if (present !== null) return present
  const { run_id, session } = read.state
  const signal = new AbortController().signal
  const lease = await openLease({ ...ports, wait: 0, signal }, run_id, session?.id ?? null)
  try {
    return (await presentRun(ports, read)) ?? (await write(ports, read, spec, lease))
  } finally {
    await ports.store.releaseLease(lease)
  }
}

/** What the run said would come into its session in clear. */
async function refuseEncrypted(
  store: RunStore,
  { state: { session, spec } }: ReadDocument,
  archived: ArchivedSpec | null,
): Promise<void> {
  if (session === null || session.items !== undefined) return
  const program: unknown =
    archived === null ? await readProgram(store, spec.hash) : JSON.parse(archived.program)
  if (!isProgram(program) || program.session.encryption === undefined) return
  throw new UsageFailure(
    'session_encrypted',
    `Spec ${spec.name} encrypts its sessions: a run in session ${session.id} goes on only in the store that has the session`,
    'Resume it there',
  )
}

/** The run as it is here already; `null` when it is not. */
async function presentRun(ports: ImportPorts, { document }: ReadDocument): Promise<ImportedRun | null> {
  const { run_id, journal } = document
  const stored = await ports.store.readJournal(run_id)
  if (stored.length === 0) return null
  const common = commonLength(stored, journal)
  if (common === stored.length && common === journal.length) {
    const driven = isDriven(ports, await ports.store.readRun(run_id))
    return { run_id, status: statusOf(restingPhase(foldJournal(stored)), driven) }
  }
  const difference =
    common === stored.length
      ? `has only its first ${common} events`
      : common === journal.length
        ? `has gone on with it since event ${common}`
        : `has another event ${common + 1} in it`
  throw new ConflictFailure(
    'run_exists',
    `Run ${run_id} is here already: ${ports.store.url} ${difference}`,
    'Import into another store, or remove the run (agentspec runs rm)',
  )
}

async function write(
  ports: ImportPorts,
  { document, state, trusted }: ReadDocument,
  spec: Awaited<ReturnType<typeof specToArchive>>,
  lease: Lease,
): Promise<ImportedRun> {
  const { store } = ports
  const { range, append } = await planSession(store, document, state)
  const events = withSession(trusted ? document.journal : distrusted(document.journal), range)
  if (spec !== null) await store.archiveSpec(spec)
  const record = recordOf(foldJournal(events))
  const outcome = await store.append({
    run_id: state.run_id,
    after: 0,
    lease,
    events,
    record,
    ...(append === null ? {} : { session: append }),
  })
  if (!outcome.ok) throw lostRace(state.run_id, outcome)
  return { run_id: state.run_id, status: statusOf(record.status, false) }
}

function lostRace(
  runId: string,
  outcome: { readonly why: 'behind'; readonly events: readonly JournalEvent[] } | { readonly why: 'fenced' },
): ConflictFailure {
  return new ConflictFailure(
    'run_busy',
    `Somebody else brought run ${runId} in at the same time (${outcome.why})`,
    'Try again',
  )
}
