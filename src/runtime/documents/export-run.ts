/** Writes a run as a portable document, and, when it moves, ends it here. */
import { invariant } from '../../util/invariant.ts'
import { isJsonObject } from '../../util/json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { ConflictFailure, UsageFailure } from '../failures.ts'
import { readProgram } from '../link/link-spec.ts'
import { encryptedSessionsOf } from '../operations/encrypted-session.ts'
import { isDriven, unknownRun } from '../operations/read-run.ts'
import type { RuntimePorts } from '../operations/runtime-ports.ts'
import { createJournalWriter } from '../runner/journal-writer.ts'
import { foldJournal } from '../state/apply.ts'
import type { JournalEvent } from '../state/events.ts'
import { isMove, MOVED } from '../state/undelivered.ts'
import type { RunStore } from '../store/run-store.ts'
import { documentOf, withSession } from './document-of.ts'
import type { Bundle } from './document-of.ts'
import { sealDocument } from './seal.ts'
import type { StateDocument } from './state-document.ts'

export type ExportPorts = Pick<
  RuntimePorts,
  'store' | 'clock' | 'holder' | 'isGone' | 'stateKey' | 'linker' | 'sessionPlaces'
>

export interface ExportOptions {
  /** With the spec the run is pinned to and the session items it refers to. */
  readonly bundle?: boolean
  /** Ends the run here, so that only whoever imports the document goes on with it. */
  readonly move?: boolean
}

/**
 * The journal without what belongs to this machine; sealed when there is a key.
 *
 * @throws UsageFailure `unknown_run`; `session_encrypted` with `bundle`, `session_key`; with `move` ConflictFailure `run_busy` when a live process drives the run.
 */
export async function exportRun(
  ports: ExportPorts,
  runId: string,
  options: ExportOptions = {},
): Promise<StateDocument> {
  if (options.move === true) return moveRun(ports, runId, options)
  const journal = await readJournal(ports, runId)
  const driven = isDriven(ports, await ports.store.readRun(runId))
  return document(ports, journal, { ...options, driven })
}

/**
 * The document first, then the end here; whatever was appended between them is not lost, because then both begin again. Asked
 * once more after it has moved, it gives the same document: a lost file is no lost run.
 */
async function moveRun(ports: ExportPorts, runId: string, options: ExportOptions): Promise<StateDocument> {
  const { store, holder, isGone } = ports
  const sessions = await encryptedSessionsOf(ports, foldJournal(await readJournal(ports, runId)))
  // Ending a run is no turn of its session, so that another turn under way there is not in the way.
  const grant = await store.acquireLease({ run_id: runId, session_id: null, holder, isGone })
  if (!grant.ok) {
    const who = `process ${grant.holder.pid} on ${grant.holder.host}`
    throw new ConflictFailure(
      'run_busy',
      `Run ${runId} is driven by ${who}`,
      'Wait until it pauses or ends, then move it',
    )
  }
  try {
    for (;;) {
      const journal = await readJournal(ports, runId)
      const whole = journal.filter((event) => !isMove(event))
      const moved = await document(ports, whole, { ...options, driven: false })
      const state = foldJournal(journal)
      if (state.phase === 'completed' || state.phase === 'cancelled') return moved
      const writer = createJournalWriter({
        ...ports,
        lease: grant.lease,
        state,
        fresh: [],
        ...(sessions === null ? {} : { sessions }),
      })
      const { landed } = await writer.propose([{ type: 'run.cancelled', ...MOVED }])
      if (landed) return moved
    }
  } finally {
    await store.releaseLease(grant.lease)
  }
}

async function readJournal(ports: ExportPorts, runId: string): Promise<readonly JournalEvent[]> {
  const journal = await ports.store.readJournal(runId)
  if (journal.length === 0) throw unknownRun(ports, runId)
  return journal
}

async function document(
  ports: ExportPorts,
  journal: readonly JournalEvent[],
  options: { readonly bundle?: boolean; readonly driven: boolean },
): Promise<StateDocument> {
  const { driven } = options
  const made =
    options.bundle === true ? await bundled(ports.store, journal, driven) : documentOf(journal, { driven })
  return ports.stateKey === null ? made : sealDocument(made, ports.stateKey)
}

async function bundled(
  store: RunStore,
  journal: readonly JournalEvent[],
  driven: boolean,
): Promise<StateDocument> {
  const { spec, session } = foldJournal(journal)
  const program: unknown = await readProgram(store, spec.hash)
  invariant(isJsonObject(program), `the Program of ${spec.hash} is an object`)
  const archived = await store.readSpec(spec.hash)
  const bundle: Bundle = { program, sources: wellFormedJson(archived?.sources ?? {}) }
  // The journal has the history of a session that lives elsewhere.
  if (session === null || session.items !== undefined) return documentOf(journal, { driven, bundle })
  if (isJsonObject(program['session']) && program['session']['encryption'] !== undefined) {
    throw new UsageFailure(
      'session_encrypted',
      `Session ${session.id} is encrypted: its items do not leave ${store.url} in a document`,
      'Leave out --bundle for the journal alone; the run goes on from its session only here',
    )
  }
  const items = await store.sessions.readRange(session.id, session.from, session.upto)
  // A session that was removed is gone here too: the run goes on without that history, here as there.
  const range = items.length === 0 ? { ...session, from: session.upto } : session
  return documentOf(withSession(journal, range), {
    driven,
    bundle: { ...bundle, session_items: wellFormedJson(items) },
  })
}
