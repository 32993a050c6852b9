/** What a run gives back when it rests: the `result` object of the contract. */
import type { Json } from '../util/json.ts'
import type { Interruption, RunError, SpecReference } from './state/events.ts'
import { pendingRequests, restingPhase, rootFrame } from './state/run-state.ts'
import type { RunState } from './state/run-state.ts'
import type { Usage } from './state/usage.ts'

export type RunStatus = 'running' | 'interrupted' | 'paused' | 'completed' | 'failed' | 'cancelled'

export interface RunResult {
  readonly type: 'result'
  readonly run_id: string
  /** `running`: a live process drives it. `interrupted`: neither finished nor driven. */
  readonly status: RunStatus
  readonly session_id: string | null
  readonly spec: SpecReference
  /** Text, or the value when the agent declares an output schema; `null` unless completed. */
  readonly final_output: Json
  readonly last_agent: string
  readonly turns: number
  /** Calls that wait for a person. */
  readonly interruptions: readonly Interruption[]
  readonly usage: Usage
  readonly last_response_id: string | null
  readonly started_at: string
  readonly updated_at: string
  readonly error: RunError | null
}

/** `driven`: a live process holds the run's lease. */
export function resultOf(state: RunState, driven: boolean): RunResult {
  const root = rootFrame(state)
  return {
    type: 'result',
    run_id: state.run_id,
    status: statusOf(restingPhase(state), driven),
    session_id: state.session?.id ?? null,
    spec: state.spec,
    final_output: state.final_output,
    last_agent: root.agent,
    turns: root.turn,
    interruptions: pendingRequests(state).map((request) => request.interruption),
    usage: state.usage,
    last_response_id: state.last_response_id,
    started_at: state.started_at,
    updated_at: state.updated_at,
    error: state.error,
  }
}

export function statusOf(phase: RunState['phase'], driven: boolean): RunStatus {
  if (phase !== 'active') return phase
  return driven ? 'running' : 'interrupted'
}
