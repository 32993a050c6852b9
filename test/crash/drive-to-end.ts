/** Brings the only run of a store to its end, as a person does who approves whatever is asked. */
import type { CompiledSpec } from '../../src/runtime/link/compiled-spec.ts'
import type { RunResult } from '../../src/runtime/run-result.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'

export interface DrivenRun {
  readonly result: RunResult
  /** The call ids of the calls in doubt that a person was asked about. */
  readonly inDoubt: readonly string[]
}

/** Starts the run when there is none; `folder` is that of the spec. A call in doubt is run again. */
export async function driveToEnd(runtime: Runtime, spec: CompiledSpec, folder: string): Promise<DrivenRun> {
  const [known] = await runtime.list()
  const inDoubt: string[] = []
  let result =
    known === undefined
      ? await runtime.start(spec, 'Go', { session: 'wide', context: { folder } }).result
      : await runtime.resume(known.run_id, { baseDir: folder }).result
  for (let round = 0; round < 20; round++) {
    if (result.status !== 'paused') return { result, inDoubt }
    const { interruptions } = result
    inDoubt.push(...interruptions.flatMap(({ kind, call_id }) => (kind === 'in_doubt' ? [call_id] : [])))
    // There is nothing to decide where a process died between the decisions and resuming.
    if (interruptions.length > 0)
      await runtime.decide(result.run_id, { calls: 'all', decision: 'approve', by: 'sweep' })
    result = await runtime.resume(result.run_id).result
  }
  throw new Error('the run did not end')
}
