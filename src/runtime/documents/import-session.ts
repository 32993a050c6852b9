/** Where the session of an imported run goes: it must read here as it does at home. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { ConflictFailure, UsageFailure } from '../failures.ts'
import type { SessionAppend } from '../sessions/session-store.ts'
import type { SessionRange } from '../state/session-range.ts'
import { keptItems } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunStore } from '../store/run-store.ts'
import { invalidDocument } from './read-document.ts'
import type { StateDocument } from './state-document.ts'

export interface SessionPlan {
  /** The history of the run in this store; `null` for a run without a session. */
  readonly range: SessionRange | null
  /** What has to be appended so that the session reads as at home. */
  readonly append: SessionAppend | null
}

/**
 * The history that came along, then what the run itself added. The session may have the beginning of that already (another
 * run of it was imported, or this one was removed); anything else in it belongs to another conversation.
 *
 * Call while holding the session's lease, so that the places given here stay free.
 *
 * @throws UsageFailure `missing_session_items`, `invalid_document`; ConflictFailure `session_differs`.
 */
export async function planSession(
  store: RunStore,
  document: StateDocument,
  state: RunState,
): Promise<SessionPlan> {
  const { session } = state
  if (session === null) {
    if (document.session_items === undefined) return { range: null, append: null }
    throw invalidDocument('/session_items', 'the run has no session')
  }
  // The journal has the history, and the store of the spec gets the rest: it is the same one wherever the run goes on.
  if (session.items !== undefined) return { range: session, append: null }
  const history = historyOf(document, session)
  const root = rootFrame(state)
  const expected = [...history, ...keptItems(root)]
  const here = await store.sessions.read(session.id)
  if (!isBeginning(here.items, expected)) {
    throw new ConflictFailure(
      'session_differs',
      `Session ${session.id} has ${here.items.length} other items in ${store.url}`,
      `Remove it (agentspec sessions rm ${session.id}), or import into another store`,
    )
  }
  const items = expected.slice(here.items.length)
  return {
    range: { id: session.id, from: here.from, upto: here.from + history.length },
    append:
      items.length === 0
        ? null
        : { session_id: session.id, operation: operationId(state, here.upto), items, last_agent: root.agent },
  }
}

/** Of the place where it lands: the same import lands once, and again after the session was cleared. */
function operationId({ run_id, seq }: RunState, place: number): string {
  return `${run_id}:${seq}@${place}`
}

function historyOf({ session_items }: StateDocument, session: SessionRange): readonly Item[] {
  const length = session.upto - session.from
  if (session_items === undefined && length > 0) {
    throw new UsageFailure(
      'missing_session_items',
      `The run goes on from ${length} items of session ${session.id}, which are not part of the document`,
      'Export the run with them: agentspec state export --bundle',
    )
  }
  const items = session_items ?? []
  if (items.length === length) return items
  throw invalidDocument('/session_items', `there are ${items.length}; the run refers to ${length}`)
}

function isBeginning(items: readonly Item[], of: readonly Item[]): boolean {
  return items.every((item, index) => {
    const other = of[index]
    return other !== undefined && canonicalJson(wellFormedJson(item)) === canonicalJson(other)
  })
}
