/** What of a run is streamed: its journaled events, and those that are gone when nobody listens. */
import type { Json } from '../../util/json.ts'
import type { DriftedTool } from '../lock/lock-drift.ts'
import type { JournalEvent } from './events.ts'

/** Events that are streamed and never journaled. */
export type StreamedEvent = {
  readonly run_id: string
  readonly at: string
  readonly path?: readonly string[]
} & (
  | {
      readonly type: 'model.requested'
      readonly turn: number
      readonly agent: string
      readonly model: string
      readonly attempt: number
      /** Why there is another attempt, and after how many milliseconds. */
      readonly failure?: string
      readonly delay_ms?: number
    }
  /** The provider's own event. */
  | { readonly type: 'model.delta'; readonly data: Json }
  | { readonly type: 'text.delta'; readonly delta: string; readonly agent: string }
  /** A connection to an MCP server: the first one, or another after it was lost. */
  | {
      readonly type: 'mcp.connected'
      readonly server: string
      /** What the server calls itself. */
      readonly name: string
      readonly version: string
      readonly protocol: string | null
    }
  /** Tools that are not what was locked, before the run fails for them. */
  | { readonly type: 'lock.drifted'; readonly drift: readonly DriftedTool[] }
  | { readonly type: 'tool.progress'; readonly call_id: string; readonly tool: string; readonly text: string }
)

export type RunEvent = JournalEvent | StreamedEvent
