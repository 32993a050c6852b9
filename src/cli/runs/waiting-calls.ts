/** The calls of a run that wait for a person, with the rule that asks. */
import type { RunStore } from '../../runtime/store/run-store.ts'
import type { WaitingCall } from '../render/next-steps.ts'

/** Oldest first; none for an unknown run. */
export async function waitingCalls(store: RunStore, runId: string): Promise<readonly WaitingCall[]> {
  return (await store.readRun(runId))?.interruptions ?? []
}
