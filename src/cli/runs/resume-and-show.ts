/** Going on with a run, and showing how it ends. */
import type { ResumeOptions, Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import type { ExitCode } from '../exit-codes.ts'
import { createDriver, driveToRest } from './driver.ts'
import type { RunSettings } from './run-settings.ts'
import { tellChangedModules } from './tell-changed-modules.ts'
import { showEnd } from './show-end.ts'

export async function resumeAndShow(
  runtime: Runtime,
  invocation: Invocation,
  settings: RunSettings,
  what: { readonly runId: string; readonly options: ResumeOptions },
): Promise<ExitCode> {
  const { runId, options } = what
  if (options.spec === undefined) {
    await tellChangedModules(invocation, runtime, { runId, baseDir: options.baseDir })
  }
  const driver = createDriver(runtime, invocation, settings)
  return showEnd(driver, await driveToRest(driver, runtime.resume(runId, options)))
}
