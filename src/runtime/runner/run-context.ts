/** One segment of a run, from start or resume until it pauses or ends: what every step of the loop works with. */
import type { Channel } from '../../util/channel.ts'
import type { RunEvent } from '../state/stream-events.ts'
import type { Item } from '../state/item.ts'
import type { Clock } from '../ports.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { RunObserver } from '../tracing/run-observer.ts'

/** What to do with a call that asks when nobody is there to answer. */
export type Unattended = 'pause' | 'deny' | 'fail' | 'allow'

/** What the loop yields: an event, or several that came together, for a step of every generator on the way costs more. */
export type Emission = RunEvent | readonly RunEvent[]

/** The events of an emission. */
export function eventsOf(emission: Emission): readonly RunEvent[] {
  return 'type' in emission ? [emission] : emission
}

export interface RunContext {
  readonly spec: LinkedSpec
  readonly writer: JournalWriter
  /** Of the frame that is driven: empty for the outer run. */
  readonly path: readonly string[]
  /** The session's items before this run; none for a nested one. */
  readonly history: readonly Item[]
  readonly clock: Clock
  /** False: non-streaming API calls. */
  readonly stream: boolean
  readonly unattended: Unattended
  /** The user's own config says `approvals: ask`: nothing that the spec allows by itself counts. */
  readonly userAsks: boolean
  /** Stops everything at once. */
  readonly signal: AbortSignal
  /** Shared by everything in the run. */
  readonly mcp: McpServers
  /** Drives the nested run of an agent tool; its answer, or `null` when it rests without one. */
  readonly driveNested: (run: RunContext) => AsyncGenerator<Emission, string | null>
  /** Of a nested run: takes its events, those of its calls too, so that none overtakes another. */
  readonly channel: Channel<RunEvent> | null
  /** Told of what no event says; `null`: nobody watches. */
  readonly observer: RunObserver | null
  /** How many guardrails this run is inside of: 0 for a run that people see. */
  readonly guardDepth: number
  /**
   * Of a nested run whose answer is guarded as the output of its call: rejects with `AnswerWithheld` when nobody may see
   * this answer. `null`: nothing out there guards it.
   */
  readonly outerGuard: ((answer: string) => Promise<void>) | null
  /** True once the run should stop before its next turn. */
  readonly stopsAfterTurn: () => boolean
}

/** Says where an event belongs: nothing for the outer run. */
export function pathOf(run: Pick<RunContext, 'path'>): { readonly path?: readonly string[] } {
  return run.path.length === 0 ? {} : { path: run.path }
}
