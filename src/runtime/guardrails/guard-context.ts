/** What judging needs of a run: less than driving it, so that a decision can be judged where nobody drives. */
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { DriftJudge } from '../lock/drift-judge.ts'
import type { Clock } from '../ports.ts'
import type { RunContext } from '../runner/run-context.ts'
import type { RunState } from '../state/run-state.ts'

export interface GuardContext {
  readonly spec: LinkedSpec
  readonly state: RunState
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Holds the tools of MCP servers against the lock of the guarded run. */
  readonly judgeDrift: DriftJudge
  /** Runs the agent of a guardrail. */
  readonly driveNested: RunContext['driveNested']
  /** How many guardrails this run is inside of: 0 for a run that people see. */
  readonly depth: number
  /** The user's own config says `approvals: ask`. */
  readonly userAsks: boolean
}

export function guardContextOf(run: RunContext): GuardContext {
  const { spec, writer, clock, signal, judgeDrift, driveNested, guardDepth, userAsks } = run
  const { state } = writer
  return { spec, state, clock, signal, judgeDrift, driveNested, depth: guardDepth, userAsks }
}
