/** Tells whether two journals are of one run, whatever an import adapted to the store it went to. */
import { canonicalJson } from '../../util/canonical-json.ts'
import type { JournalEvent } from '../state/events.ts'
import { portable } from './document-of.ts'

/** How many events two journals have in common from their beginning. */
export function commonLength(a: readonly JournalEvent[], b: readonly JournalEvent[]): number {
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    if (comparable(a[index]) !== comparable(b[index])) return index
  }
  return shorter
}

/** An event without what an import adapts: trust, and where the items of the session landed. */
function comparable(event: JournalEvent | undefined): string {
  if (event?.type !== 'run.started') return canonicalJson(event === undefined ? null : portable(event))
  const { base_dir: _, distrusted_upto: __, session, ...rest } = event
  return canonicalJson(
    portable({ ...rest, session: session === null ? null : { ...session, from: 0, upto: 0 } }),
  )
}
