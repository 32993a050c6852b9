/** Session appends as they are stored: every item serialized once, before anything is written. */
import type { ReplacedStretch, RunSessionAppend } from './session-store.ts'

export interface EncodedSessionAppend {
  readonly session_id: string
  readonly operation: string
  readonly last_agent: string
  /** JSON of each item. */
  readonly items: readonly string[]
  readonly replaces: ReplacedStretch | null
}

/** Serializes an append, so that later changes by the caller do not reach the store. */
export function encodeSessionAppend(append: RunSessionAppend): EncodedSessionAppend {
  const { session_id, operation, last_agent, items, replaces = null } = append
  return { session_id, operation, last_agent, replaces, items: items.map((item) => JSON.stringify(item)) }
}
