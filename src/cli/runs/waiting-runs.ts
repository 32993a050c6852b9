/** The runs of a store that wait for a person. */
import type { Runtime } from '../../runtime/runtime.ts'
import type { ListedRun } from '../../runtime/store/run-store.ts'

/** Those with calls to decide, the one that was started first first. */
export async function waitingRuns(runtime: Runtime): Promise<readonly ListedRun[]> {
  const runs = await runtime.list({ status: ['active', 'paused'], limit: Number.MAX_SAFE_INTEGER })
  return runs.filter((run) => run.interruptions.length > 0).reverse()
}
