/** The port for tracing: whoever wants to know what a segment of a run does is told, and can change nothing. */
import type { ModelDefinition } from '../../compiler/program-models.ts'
import type { ModelFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { McpListing } from '../mcp/mcp-servers.ts'
import type { ModelRequest } from '../models/model.ts'
import type { RunEvent } from '../state/stream-events.ts'
import type { RunState } from '../state/run-state.ts'

/** What a model is about to be asked. */
export interface ModelQuestion {
  readonly request: ModelRequest
  readonly definition: ModelDefinition
  /** False: a non-streaming API call. */
  readonly stream: boolean
}

/** Watches one segment. Its methods are called in the order things happen, and never throw. */
export interface RunObserver {
  /** Before the first attempt at a model; its `model.requested` follows. */
  asks(question: ModelQuestion): void
  /** An attempt of the frame at `path` failed. What becomes of it (another attempt, the end) follows as an event. */
  attemptFailed(path: readonly string[], failure: ModelFailure): void
  /** A server was asked for its tools, for the frame at `path`: before the event of the step it was asked for. */
  listed(path: readonly string[], listing: McpListing): void
  /** Journaled events come once they are durable, streamed ones as they happen. */
  event(event: RunEvent): void
  /** The segment is over. `error`: what it threw, if the run itself could not go on (store, lease). */
  end(state: RunState, error?: unknown): void
}

export interface RunTracing {
  /**
   * An observer for a segment that begins in `state`; `null`: nobody wants to know.
   *
   * @throws UsageFailure when the user's own order (a file to write) cannot be carried out; nothing else.
   */
  observe(spec: LinkedSpec, state: RunState, baseDir: string): Promise<RunObserver | null>
  /** Delivers what is not delivered yet, within a few seconds. Never rejects. */
  close(): Promise<void>
}
