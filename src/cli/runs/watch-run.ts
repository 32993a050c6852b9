/** `run --watch`: the same inputs again whenever a file of the spec changes. */
import { reloads } from '../../dev/reloads.ts'
import { WatchFailure } from '../../dev/watcher.ts'
import type { JsonObject } from '../../util/json.ts'
import { isUsable, reloadReport } from '../dev/reload-report.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { WorkFailure } from '../failures.ts'
import { plural } from '../report/check-report.ts'
import { variablesFileOf, variablesFor } from './compile-spec.ts'
import type { Driver } from './driver.ts'
import { runInputs } from './run-inputs.ts'

/**
 * Runs until Ctrl-C, which is how it ends well; a run under way ends on the version it began with. While the files are broken it
 * says why, and waits.
 *
 * @throws WorkFailure `watch_failed` when the system does not let us watch.
 */
export async function watchRun(
  driver: Driver,
  path: string,
  inputs: readonly string[],
  attached: readonly JsonObject[],
): Promise<ExitCode> {
  const { invocation, runtime } = driver
  const { output } = invocation
  const stop = new AbortController()
  const stopListening = invocation.context.onSignal(() => stop.abort())
  const versions = reloads(path, {
    signal: stop.signal,
    isUsable,
    environment: (observe) =>
      observe(variablesFileOf(invocation, path), () => variablesFor(invocation, path)),
  })
  try {
    for await (const reload of versions) {
      const { result, changed, watched } = reload
      const canRun = result.ok && isUsable(result)
      if (changed.length > 0 || !canRun) output.note(await reloadReport(invocation, runtime, path, reload))
      if (canRun) await runInputs({ driver, compiled: result, attached }, inputs)
      if (stop.signal.aborted) break
      output.note(output.err.dim(`watching ${plural(watched, 'file')}; Ctrl-C ends`))
    }
  } catch (error) {
    if (!(error instanceof WatchFailure)) throw error
    throw new WorkFailure('watch_failed', `The files cannot be watched: ${error.message}`)
  } finally {
    stopListening()
  }
  return EXIT.done
}
