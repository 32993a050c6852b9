/** Whether a run can go on with a context, asked before anything is recorded for it. */
import { checkReplacedContext, checkResumable } from '../segment/resume-run.ts'
import type { ResumeOptions } from '../runtime.ts'
import { readState } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/**
 * @throws UsageFailure `unknown_run`, `invalid_context`, `sensitive_context_missing`; ConflictFailure `run_ended`.
 */
export async function checkResumption(
  ports: RuntimePorts,
  runId: string,
  options: Pick<ResumeOptions, 'context' | 'baseDir'>,
): Promise<void> {
  const state = await readState(ports, runId)
  checkResumable(state)
  const linked = await ports.linker.linkArchived(ports.store, state, options.baseDir)
  await checkReplacedContext(ports.sensitive.specOf(linked, runId), state, options.context)
}
