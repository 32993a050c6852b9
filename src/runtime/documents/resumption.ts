/** What a run in a store has to be told so that it goes on from a state that was held elsewhere. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { DecisionOrder } from '../approvals/decide.ts'
import { ConflictFailure } from '../failures.ts'
import type { EventOf, JournalEvent } from '../state/events.ts'
import type { Item } from '../state/item.ts'
import { commonLength } from './compare-journals.ts'

/** What the store does not know yet. */
export interface Missing {
  readonly orders: readonly DecisionOrder[]
  readonly input: readonly Item[]
}

/**
 * The decisions and the input of a held journal that the stored one lacks. Since the state was taken others may have decided or
 * added input, but the run must not have gone on. Decisions count only in a journal somebody vouches for.
 *
 * @throws ConflictFailure `stale_state`.
 */
export function missingIn(
  stored: readonly JournalEvent[],
  held: readonly JournalEvent[],
  isTrusted: boolean,
): Missing {
  const common = commonLength(stored, held)
  const [theirs, ours] = [stored.slice(common), held.slice(common)]
  const other = [...theirs, ...ours].find((event) => !isFromOutside(event))
  if (other !== undefined) {
    throw new ConflictFailure(
      'stale_state',
      `Run ${other.run_id} has gone on since this state was taken (${other.type}, event ${other.seq})`,
      'Take the state anew, or resume the run by its id',
    )
  }
  const decisions = ours.flatMap((event) =>
    event.type === 'approval.decided' && isTrusted ? [orderOf(event)] : [],
  )
  const added = new Set(
    theirs.flatMap((event) => (event.type === 'input.added' ? [canonicalJson(event.items)] : [])),
  )
  const input = ours.flatMap((event) =>
    event.type === 'input.added' && !added.has(canonicalJson(event.items)) ? event.items : [],
  )
  return { orders: decisions, input }
}

/** What others append while a run rests, or before it does. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set([
  'approval.decided',
  'input.added',
  'cancel.requested',
  'session.appended',
])

function isFromOutside({ type }: JournalEvent): boolean {
  return FROM_OUTSIDE.has(type)
}

/** The order that gives this decision. */
function orderOf(event: EventOf<'approval.decided'>): DecisionOrder {
  const { reason, message, result, arguments: args } = event
  return {
    calls: [`#${event.request}`],
    decision: event.decision,
    by: event.by,
    always: event.always,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(args === undefined ? {} : { args }),
    ...(result === undefined ? {} : { result }),
  }
}
