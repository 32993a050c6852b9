/** What the exit codes of the command mean; the one table of them. */
import type { RunStatus } from '../runtime/run-result.ts'

export interface ExitCodes {
  /** Done. */
  readonly done: 0
  /** The run failed or was cancelled by another, or the command could not do its work (store, disk, network). */
  readonly failed: 1
  /** The spec, a document, or the command line is invalid; no such run, call, file. */
  readonly invalid: 2
  /** Someone else drives the run, the decision is stale or made otherwise, the run has ended. */
  readonly conflict: 3
  /** Waiting for approval. */
  readonly paused: 4
  /** Behaviour differs by more than was allowed: `diff --fail-on`. */
  readonly differs: 5
  /** Ctrl-C; the run is saved and can be resumed. */
  readonly interrupted: 130
}

export const EXIT: ExitCodes = {
  done: 0,
  failed: 1,
  invalid: 2,
  conflict: 3,
  paused: 4,
  differs: 5,
  interrupted: 130,
}

export type ExitCode = ExitCodes[keyof ExitCodes]

/** The exit code of a command that drove a run to this status. A run found `running` is somebody else's. */
export function exitCodeOf(status: RunStatus): ExitCode {
  return BY_STATUS[status]
}

const BY_STATUS: Readonly<Record<RunStatus, ExitCode>> = {
  completed: EXIT.done,
  failed: EXIT.failed,
  cancelled: EXIT.failed,
  running: EXIT.conflict,
  paused: EXIT.paused,
  interrupted: EXIT.interrupted,
}
