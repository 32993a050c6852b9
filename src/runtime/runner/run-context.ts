/** One segment of a run, from start or resume until it pauses or ends: what every step of the loop works with. */
import type { Item } from '../state/item.ts'
import type { Clock } from '../ports.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'

/** What to do with a call that asks when nobody is there to answer. */
export type Unattended = 'pause' | 'deny' | 'fail' | 'allow'

export interface RunContext {
  readonly spec: LinkedSpec
  readonly writer: JournalWriter
  /** The session's items before this run. */
  readonly history: readonly Item[]
  readonly clock: Clock
  /** False: non-streaming API calls. */
  readonly stream: boolean
  readonly unattended: Unattended
  /** Stops everything at once. */
  readonly signal: AbortSignal
  /** True once the run should stop before its next turn. */
  readonly stopsAfterTurn: () => boolean
}
