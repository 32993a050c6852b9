/** Requests that are about a call which has begun already. */
import type { InterruptionKind } from '../state/events.ts'

/**
 * True for a call in doubt and for a question of a server: no rule, no decision for every later call and no function may
 * answer these in place of a person.
 */
export function isAboutStarted(kind: InterruptionKind): boolean {
  return kind === 'in_doubt' || kind === 'elicitation'
}
