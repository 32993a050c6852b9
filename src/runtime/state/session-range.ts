/** The history a run begins with. */
import type { Item } from './item.ts'

/** The stretch of a session that is this run's history: items with `from < sequence <= upto`. */
export interface SessionRange {
  readonly id: string
  readonly from: number
  readonly upto: number
  /**
   * The history itself, where another store than that of the run keeps the session: what that store says later changes
   * nothing for this run. What the run adds goes there by `session.appended`.
   */
  readonly items?: readonly Item[]
}
