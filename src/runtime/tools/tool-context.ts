/** What the body of a tool gets besides its arguments. */
import type { JsonObject } from '../../util/json.ts'

/** What a tool module's function gets besides its arguments (CONTRACT, Tool modules). */
export interface ToolContext {
  readonly run_id: string
  readonly call_id: string
  readonly agent: string
  readonly tool: string
  /** The call's own copy: what it changes here is merged into the run's context when it completes. */
  context: JsonObject
  /** Aborted when the call times out or the run stops. */
  readonly signal: AbortSignal
  /** The same for every attempt at this call: `run_id:` and `turn:call_id` for each level, from the outside. */
  readonly idempotency_key: string
  /** Tells whoever watches the run how far the call is. */
  readonly progress: (text: string) => void
}
