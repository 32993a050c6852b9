/** Writes a run as a portable document. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { invariant } from '../../util/invariant.ts'
import { isDriven, unknownRun } from '../operations/read-run.ts'
import type { RuntimePorts } from '../operations/runtime-ports.ts'
import { resultOf } from '../run-result.ts'
import { foldJournal } from '../state/apply.ts'
import type { JournalEvent } from '../state/events.ts'
import type { RunState } from '../state/run-state.ts'
import { sealDocument } from './seal.ts'
import type { StateDocument } from './state-document.ts'

/**
 * The journal without what belongs to this machine; sealed when there is a key. With `bundle` also the spec the run is
 * pinned to and the session items it refers to.
 *
 * @throws UsageFailure `unknown_run`.
 */
export async function exportRun(
  ports: RuntimePorts,
  runId: string,
  options: { readonly bundle?: boolean } = {},
): Promise<StateDocument> {
  const journal = await ports.store.readJournal(runId)
  if (journal.length === 0) throw unknownRun(ports, runId)
  const state = foldJournal(journal)
  const driven = isDriven(ports, await ports.store.readRun(runId))
  const document: StateDocument = {
    schema_version: 1,
    run_id: runId,
    spec: state.spec,
    status: resultOf(state, driven).status,
    interruptions: resultOf(state, driven).interruptions,
    journal: journal.map(portable),
    ...(options.bundle === true ? await bundleOf(ports, state) : {}),
  }
  return ports.stateKey === null ? document : sealDocument(document, ports.stateKey)
}

/** The event without the folder of this machine, and without what an import said of an earlier one. */
export function portable(event: JournalEvent): JournalEvent {
  if (event.type === 'run.started') {
    const { base_dir: _, distrusted_upto: __, ...rest } = event
    return rest
  }
  if (event.type !== 'run.resumed') return event
  const { base_dir: _, ...rest } = event
  return rest
}

async function bundleOf(
  ports: RuntimePorts,
  state: RunState,
): Promise<Pick<StateDocument, 'program' | 'sources' | 'session_items'>> {
  const archived = await ports.store.readSpec(state.spec.hash)
  invariant(archived !== null, `spec ${state.spec.hash} is archived beside its runs`)
  const program: Json = JSON.parse(archived.program)
  invariant(isJsonObject(program), 'an archived Program is an object')
  const { session } = state
  return {
    program,
    sources: archived.sources,
    ...(session === null
      ? {}
      : { session_items: await ports.store.sessions.readRange(session.id, session.from, session.upto) }),
  }
}
