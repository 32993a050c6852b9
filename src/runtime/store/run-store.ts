/**
 * The port for durable runs: an append-only journal for each run, leases, and the archive of specs beside them.
 * A store knows nothing of what events mean; it keeps what it is given, atomically, in order.
 *
 * Terminology: a *driver* is the process that holds a run's *lease*; its appends are *fenced* by the lease's epoch.
 * The *record* of a run is a projection of its journal, kept so that lists need not read journals.
 */
import type { JsonObject } from '../../util/json.ts'
import type { Interruption, JournalEvent, SpecReference } from '../state/events.ts'
import type { RunSessionAppend, RunSessions } from '../sessions/session-store.ts'

/** What a lease says of its holder, so that others can tell a dead one from a silent one. */
export interface Holder {
  /** Unique for each process start. */
  readonly driver_id: string
  readonly host: string
  readonly boot_id: string
  readonly pid_namespace: string
  readonly pid: number
  /** Process start time, in the kernel's own unit; a reused pid has another. */
  readonly process_start: string
}

export interface HolderRecord extends Holder {
  /** Milliseconds since the epoch, by the store's clock; the last heartbeat. */
  readonly beat_at: number
}

export interface Lease {
  readonly run_id: string
  readonly epoch: number
  readonly driver_id: string
}

export interface LeaseRequest {
  readonly run_id: string
  /** Turns on one session run one at a time: a live lease on another run of this session refuses this one. */
  readonly session_id: string | null
  readonly holder: Holder
  /** True when the holder of a lease in the way can be replaced. Pure; called inside the store's transaction. */
  readonly isGone: (holder: HolderRecord, now: number) => boolean
}

export type LeaseGrant =
  | { readonly ok: true; readonly lease: Lease }
  | {
      readonly ok: false
      readonly busy: 'run' | 'session'
      readonly run_id: string
      readonly holder: HolderRecord
    }

/** The projection of a run's journal that lists are made of. */
export interface RunRecord {
  readonly run_id: string
  /** `active`: neither ended nor paused; whether it is running or interrupted, its lease tells. */
  readonly status: 'active' | 'paused' | 'completed' | 'failed' | 'cancelled'
  readonly spec: SpecReference
  readonly session_id: string | null
  readonly last_agent: string
  readonly turns: number
  /** The seq of the last event. */
  readonly seq: number
  readonly started_at: string
  readonly updated_at: string
  /** Pending requests that nobody has decided yet. */
  readonly interruptions: readonly (Interruption & { readonly rule: JsonObject })[]
}

export interface JournalBatch {
  readonly run_id: string
  /** The seq of the last event the writer has folded; 0 for a new run. The batch lands only right after it. */
  readonly after: number
  /** `null`: appended from outside, without the lease. */
  readonly lease: Lease | null
  /** Consecutive, the first with seq `after + 1`. */
  readonly events: readonly JournalEvent[]
  readonly record: RunRecord
  /** Appended in the same transaction. */
  readonly session?: RunSessionAppend
}

export type AppendOutcome =
  | { readonly ok: true }
  /** Others appended meanwhile: fold `events`, decide again, append again. */
  | { readonly ok: false; readonly why: 'behind'; readonly events: readonly JournalEvent[] }
  /** The lease's epoch is lost: somebody else drives the run. */
  | { readonly ok: false; readonly why: 'fenced' }

export interface RunFilter {
  readonly status?: readonly RunRecord['status'][]
  readonly session_id?: string
  /** Newest first; default 50. */
  readonly limit?: number
}

/** A run in a list, with the holder of its lease if there is one. */
export interface ListedRun extends RunRecord {
  readonly holder: HolderRecord | null
}

/** A spec as archived: the canonical bytes of its Program, and the YAML texts it was compiled from (for places). */
export interface ArchivedSpec {
  readonly hash: string
  readonly name: string
  readonly version: string
  readonly program: string
  readonly sources: Readonly<Record<string, string>>
}

export interface ListedSpec {
  readonly hash: string
  readonly name: string
  readonly version: string
  /** ISO 8601, UTC. */
  readonly first_seen: string
  /** How many runs of this store use it. */
  readonly runs: number
}

/**
 * Failures of the store itself (locked, full, not a database, from a newer release) are thrown as `StoreFailure`;
 * conflicts are values. Every promise that resolves means: durable; what is said of leases need not outlive the machine.
 */
export interface RunStore {
  /** For people, without credentials: `sqlite:.agentspec/agentspec.db`. */
  readonly url: string

  /** Appends atomically, together with record and session items; nothing of it when the outcome is not ok. */
  append(batch: JournalBatch): Promise<AppendOutcome>
  /** The journal after a seq, in order; empty for an unknown run. */
  readJournal(runId: string, after?: number): Promise<readonly JournalEvent[]>
  readRun(runId: string): Promise<ListedRun | null>
  /** Runs whose id starts with a prefix, newest first, at most 20. */
  findRuns(prefix: string): Promise<readonly ListedRun[]>
  /** Newest first by start. */
  listRuns(filter?: RunFilter): Promise<readonly ListedRun[]>
  /** Removes a run, its journal and its lease. Session items stay. False for an unknown run. */
  removeRun(runId: string): Promise<boolean>

  /** Takes the lease of a run (which need not exist yet), or says who holds it. The epoch grows with every grant. */
  acquireLease(request: LeaseRequest): Promise<LeaseGrant>
  /** Gives a lease back; a lease already lost is ignored. */
  releaseLease(lease: Lease): Promise<void>
  /** Says that a process is alive, for all its leases at once. */
  heartbeat(driverId: string): Promise<void>

  /** Keeps a spec by its hash; the same hash twice is one entry. */
  archiveSpec(spec: ArchivedSpec): Promise<void>
  readSpec(hash: string): Promise<ArchivedSpec | null>
  /** Newest first. */
  listSpecs(): Promise<readonly ListedSpec[]>
  /** Removes specs that no run of this store uses; returns their hashes. */
  collectSpecs(): Promise<readonly string[]>

  /** Session items in the same database: appended in the same transaction as the journal. */
  readonly sessions: RunSessions

  close(): Promise<void>
}
