/**
 * Appends without the lease, under a condition on the folded state: read, fold, decide, append right after what was read,
 * and begin again when somebody was first.
 */
import { InternalError } from '../../util/invariant.ts'
import type { Clock } from '../ports.ts'
import { eventOf } from '../state/event-draft.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { applyEvent } from '../state/apply.ts'
import { recordOf } from '../state/record.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunStore } from '../store/run-store.ts'
import { readState } from './read-run.ts'

/** More rounds than any race takes: each lost one means that another append landed. */
const MOST_ROUNDS = 1000

/**
 * `decide` looks at the state and says what to append, or throws the reason why nothing can be; it may be asked again.
 * Resolves once the events are durable, with the state after them.
 */
export async function appendFromOutside<T>(
  ports: { readonly store: RunStore; readonly clock: Clock },
  runId: string,
  decide: (state: RunState) => Promise<{ readonly drafts: readonly EventDraft[]; readonly value: T }>,
): Promise<{ readonly state: RunState; readonly value: T }> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const state = await readState(ports, runId)
    const after = state.seq
    const { drafts, value } = await decide(state)
    if (drafts.length === 0) return { state, value }
    const events = drafts.map((draft) => {
      const event = eventOf(draft, state, ports.clock)
      applyEvent(state, event)
      return event
    })
    const outcome = await ports.store.append({
      run_id: runId,
      after,
      lease: null,
      events,
      record: recordOf(state),
    })
    if (outcome.ok) return { state, value }
  }
  throw new InternalError(`${MOST_ROUNDS} appends to run ${runId} lost their race`)
}
