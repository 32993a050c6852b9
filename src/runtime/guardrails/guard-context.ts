/** What judging needs of a run: less than driving it, so that a decision can be judged where nobody drives. */
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import type { Clock } from '../ports.ts'
import type { RunContext } from '../runner/run-context.ts'
import type { RunState } from '../state/run-state.ts'

export interface GuardContext {
  readonly spec: LinkedSpec
  readonly state: RunState
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The servers of the run, which agents of guardrails use too. */
  readonly mcp: McpServers
  /** Runs the agent of a guardrail. */
  readonly driveNested: RunContext['driveNested']
  /** How many guardrails this run is inside of: 0 for a run that people see. */
  readonly depth: number
  /** The user's own config says `approvals: ask`. */
  readonly userAsks: boolean
}

export function guardContextOf(run: RunContext): GuardContext {
  const { spec, writer, clock, signal, mcp, driveNested, guardDepth, userAsks } = run
  return { spec, state: writer.state, clock, signal, mcp, driveNested, depth: guardDepth, userAsks }
}
