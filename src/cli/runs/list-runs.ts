/** Runs as lists show them. */
import { statusOf } from '../../runtime/run-result.ts'
import type { RunResult, RunStatus } from '../../runtime/run-result.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { RunRecord } from '../../runtime/store/run-store.ts'

export const RUN_STATUSES: readonly RunStatus[] = [
  'running',
  'interrupted',
  'paused',
  'completed',
  'failed',
  'cancelled',
]

/** The part of a result that a list has. */
export type RunEntry = Pick<
  RunResult,
  | 'run_id'
  | 'status'
  | 'session_id'
  | 'spec'
  | 'last_agent'
  | 'turns'
  | 'interruptions'
  | 'started_at'
  | 'updated_at'
>

export interface RunSelection {
  readonly status?: RunStatus
  readonly session?: string
  readonly limit: number
}

/** Newest first. */
export async function listRuns(runtime: Runtime, selection: RunSelection): Promise<readonly RunEntry[]> {
  const { status, session, limit } = selection
  // Whether an active run is running or interrupted, only its lease tells: the limit counts what is left then.
  const stored = status === undefined ? undefined : storedStatus(status)
  const runs = await runtime.list({
    limit: stored === 'active' ? Number.MAX_SAFE_INTEGER : limit,
    ...(stored === undefined ? {} : { status: [stored] }),
    ...(session === undefined ? {} : { session_id: session }),
  })
  return runs
    .map(({ driven, ...run }) => entryOf(run, statusOf(run.status, driven)))
    .filter((run) => status === undefined || run.status === status)
    .slice(0, limit)
}

/** A failed run can be resumed, but it has ended as long as nobody does. */
export function hasEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

function storedStatus(status: RunStatus): RunRecord['status'] {
  return status === 'running' || status === 'interrupted' ? 'active' : status
}

function entryOf(run: RunRecord, status: RunStatus): RunEntry {
  const { run_id, session_id, spec, last_agent, turns, started_at, updated_at } = run
  const interruptions = run.interruptions.map(({ rule: _rule, ...interruption }) => interruption)
  return { run_id, status, session_id, spec, last_agent, turns, interruptions, started_at, updated_at }
}
