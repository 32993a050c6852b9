/** The projection of a state that a store keeps beside the journal, so that lists need not read journals. */
import type { RunRecord } from '../store/run-store.ts'
import { pendingRequests, restingPhase, rootFrame } from './run-state.ts'
import type { RunState } from './run-state.ts'

export function recordOf(state: RunState): RunRecord {
  const root = rootFrame(state)
  return {
    run_id: state.run_id,
    status: restingPhase(state),
    spec: state.spec,
    session_id: state.session?.id ?? null,
    last_agent: root.agent,
    turns: root.turn,
    seq: state.seq,
    started_at: state.started_at,
    updated_at: state.updated_at,
    interruptions: pendingRequests(state).map((request) => ({ ...request.interruption, rule: request.rule })),
  }
}
