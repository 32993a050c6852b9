/** The runtime as its users see it: everything the command line and the TypeScript API do with runs. */
import type { JsonObject } from '../util/json.ts'
import type { SpecLock } from '../compiler/lock/spec-lock.ts'
import type { DecisionOrder, DecisionOutcome } from './approvals/decide.ts'
import type { CompiledSpec } from './link/compiled-spec.ts'
import type { ListedTool } from './operations/list-agent-tools.ts'
import type { RunResult } from './run-result.ts'
import type { Unattended } from './runner/run-context.ts'
import type { StateDocument } from './documents/state-document.ts'
import type { JournalEvent } from './state/events.ts'
import type { RunEvent } from './state/stream-events.ts'
import type { SpecChange } from './state/spec-change.ts'
import type { Item } from './state/item.ts'
import type { SpecSessions } from './sessions/spec-sessions.ts'
import type { SessionPage } from './sessions/session-store.ts'
import type { AcceptedTool } from './state/mcp-tools.ts'
import type { ListedRun, RunFilter, RunStore } from './store/run-store.ts'

/** What flags set for one segment of a run; recorded in the journal where a later resume needs it. */
export interface SegmentOptions {
  /** `provider/model` for every agent. */
  readonly model?: string
  /** `provider/model` by agent. */
  readonly agentModels?: Readonly<Record<string, string>>
  /** `null`: no limit. */
  readonly maxTurns?: number | null
  /** False: non-streaming API calls. */
  readonly stream?: boolean
  /** When nobody is there to answer an approval; default: the spec's `approvals.unattended`. */
  readonly unattended?: Unattended
  /** Milliseconds to wait for a busy session (default 60,000). */
  readonly wait?: number
  readonly context?: JsonObject
  /** Where the spec's folder is now. */
  readonly baseDir?: string
  /**
   * Tools of MCP servers that are not what was locked: `true` accepts what the servers list first, a list only those tools.
   * What was accepted is journaled.
   */
  readonly acceptDrift?: boolean | readonly AcceptedTool[]
  /** Stops the run at once; it stays resumable. */
  readonly signal?: AbortSignal
}

export interface StartOptions extends SegmentOptions {
  readonly session?: string
  /** Start with this agent. */
  readonly agent?: string
}

export interface ResumeOptions extends SegmentOptions {
  /** Go on with this spec from here on, if the difference allows it; default: the one the run is pinned to. */
  readonly spec?: CompiledSpec
  /** Joins the history before the next model call. */
  readonly input?: string | readonly Item[]
}

/** A segment of a run under way. Iterate it, or await `result`; either drives the run. */
export interface RunStream extends AsyncIterable<RunEvent> {
  /** Never rejects for a failure of the run (that is a result); rejects when nothing could be started or saved. */
  readonly result: Promise<RunResult>
  /** `after_turn`: finishes the turn and saves. `now`: stops at once. Both leave a resumable run. */
  stop(mode: 'after_turn' | 'now'): void
}

export interface RunView extends RunResult {
  readonly items: readonly Item[]
  readonly context: JsonObject
  readonly seq: number
}

export interface MigrationOutcome {
  readonly run_id: string
  /** `null`: the run is pinned to this spec already. */
  readonly change: SpecChange | null
}

export interface SessionBranchOrder {
  readonly session_id: string
  /** The last turn that the two have in common, from 1. */
  readonly at: number
  /** The id of the new session. */
  readonly as: string
  /** Whose sessions they are; those of the run store when absent. */
  readonly spec?: CompiledSpec
}

export interface SessionBranch {
  readonly session_id: string
  readonly last_agent: string
  readonly items: readonly Item[]
}

export interface ForkOutcome {
  readonly run_id: string
  readonly forked_from: string
}

export interface CancelOrder {
  readonly by: string
  readonly reason?: string
}

/**
 * Errors of every method: UsageFailure (the order is invalid, nothing happened), ConflictFailure (somebody or something
 * was first), StoreFailure.
 */
export interface Runtime {
  readonly store: RunStore
  /** Starts a run. Nothing is journaled when the context, the agent or a variable is not valid. */
  start(spec: CompiledSpec, input: string | readonly Item[], options?: StartOptions): RunStream
  /** Goes on with a paused, interrupted or failed run, on exactly the spec it is pinned to unless another one is given. */
  resume(runId: string, options?: ResumeOptions): RunStream
  /**
   * Rejects where `resume` would because of the context: for whoever records decisions first. Nothing is changed.
   */
  checkResumption(runId: string, options?: Pick<ResumeOptions, 'context' | 'baseDir'>): Promise<void>
  /** Pins a run that rests to another spec, after its migrations. `dry_run`: only says what that would do. */
  migrate(
    runId: string,
    spec: CompiledSpec,
    options?: { readonly dryRun?: boolean },
  ): Promise<MigrationOutcome>
  /** A new run from the first `at` events of another one. It rests; decisions not consumed by then do not count in it. */
  fork(runId: string, at: number): Promise<ForkOutcome>
  /** What a session has; `session_key` (UsageFailure) for one that is encrypted and whose key cannot be had. */
  readSession(sessionId: string): Promise<SessionPage>
  /** A new session with the first turns of another one. */
  branchSession(order: SessionBranchOrder): Promise<SessionBranch>
  /** The sessions of a spec, wherever they live. */
  sessions(spec: CompiledSpec): Promise<SpecSessions>
  /** Records decisions; whoever drives or resumes the run carries them out. */
  decide(runId: string, order: DecisionOrder): Promise<DecisionOutcome>
  /** What each agent would see: connects to the MCP servers that agents use, and ends them again. */
  tools(spec: CompiledSpec): Promise<Readonly<Record<string, readonly ListedTool[]>>>
  /** What the tools of a spec's MCP servers are now: connects to them, and ends them again. */
  lock(spec: CompiledSpec): Promise<SpecLock>
  /** Ends a run; one that another process drives stops at its next step. */
  cancel(runId: string, order: CancelOrder): Promise<RunResult>
  /** One run, as it is or as it was after event `at`. */
  show(runId: string, at?: number): Promise<RunView>
  events(runId: string): Promise<readonly JournalEvent[]>
  /** A run's id from a unique prefix, or `latest`. */
  findRun(name: string): Promise<string>
  list(filter?: RunFilter): Promise<readonly (ListedRun & { readonly driven: boolean })[]>
  /** A run as one portable document. `bundle`: with its spec and session items; `move`: it ends here. */
  exportState(
    runId: string,
    options?: { readonly bundle?: boolean; readonly move?: boolean },
  ): Promise<StateDocument>
  /** Brings a run in from a document, whatever that is; the same journal already here is left as it is. */
  importState(
    document: unknown,
    options?: { readonly trustSpec?: boolean },
  ): Promise<{ run_id: string; status: RunResult['status'] }>
  close(): Promise<void>
}
