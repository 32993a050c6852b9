/** Tells a run whose data somebody damaged from a mistake of ours: asked only once something went wrong. */
import { StoreFailure } from '../failures.ts'
import type { JournalEvent } from '../state/events.ts'
import type { RunStore } from '../store/run-store.ts'
import { checkJournal } from './check-journal.ts'
import { portable } from './document-of.ts'
import { validateState } from './generated/validate-state.generated.js'
import { schemaProblem } from './schema-problem.ts'

/** The failure to report when the journal of a run is not one that agentspec wrote; `null` when it is. */
export async function damageOf(store: RunStore, runId: string): Promise<StoreFailure | null> {
  const journal = await store.readJournal(runId)
  const problem = problemOf(journal, runId)
  if (problem === null) return null
  return new StoreFailure(`The store is damaged: the journal of run ${runId} makes no sense (${problem}).`, {
    hint: `Restore ${store.url} from a backup; other runs are not affected.`,
  })
}

function problemOf(journal: readonly JournalEvent[], runId: string): string | null {
  const document = { schema_version: 1, run_id: runId, ...UNTOLD, journal: journal.map(portable) }
  if (!validateState(document)) {
    const { pointer, problem } = schemaProblem(validateState.errors ?? [], document)
    const [, , index = '0', ...keys] = pointer.split('/')
    return `event ${Number(index) + 1}: ${keys.length === 0 ? '' : `/${keys.join('/')} `}${problem}`
  }
  const verdict = checkJournal(journal)
  return verdict.ok ? null : `event ${verdict.index + 1}: ${verdict.problem}`
}

/** What a document says besides its journal, and nobody asks for here. */
const UNTOLD = {
  spec: { name: 'unknown', version: '0.0.0', hash: `sha256:${'0'.repeat(64)}` },
  status: 'interrupted',
  interruptions: [],
} as const
