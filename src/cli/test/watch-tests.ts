/** `test --watch`: runs the tests again whenever one of their files changes, or one of their specs. */
import { readFile } from 'node:fs/promises'
import { compileObserved } from '../../dev/compile-observed.ts'
import { follow } from '../../dev/follow.ts'
import type { Observe } from '../../dev/observations.ts'
import type { TestOutcome } from '../../testing/spec-tests/outcome.ts'
import { WatchFailure } from '../../dev/watcher.ts'
import type { Invocation } from '../command.ts'
import { SpecInvalid, WorkFailure } from '../failures.ts'
import { plural } from '../report/check-report.ts'
import { reportFailure } from '../report-failure.ts'
import { findTestFiles } from './find-test-files.ts'
import { runTestFiles } from './run-test-files.ts'
import type { TestRun } from './run-test-files.ts'

/**
 * Ends at a signal. Mistakes in the files are told, and waited for to be mended.
 *
 * @throws WorkFailure `watch_failed` when the system does not let us watch.
 */
export async function watchTests(
  invocation: Invocation,
  run: Pick<TestRun, 'filter' | 'tell' | 'mode'>,
  conclude: (outcomes: readonly TestOutcome[]) => void,
): Promise<void> {
  const { context, output } = invocation
  const stop = new AbortController()
  const stopListening = context.onSignal(() => stop.abort())
  const once = async (observe: Observe): Promise<boolean> => {
    const files = await findTestFiles(invocation.args, context.cwd)
    for (const { path } of files) await observe(path, () => readFile(path, 'utf8').catch(() => null))
    const compile = (path: string): ReturnType<typeof compileObserved> => compileObserved(path, {}, observe)
    try {
      const outcomes = await runTestFiles(invocation, { ...run, files, compile, signal: stop.signal })
      if (!stop.signal.aborted) conclude(outcomes)
    } catch (error) {
      if (!(error instanceof SpecInvalid)) throw error
      reportFailure(output, error)
    }
    return true
  }
  try {
    for await (const { watched } of follow(once, stop.signal))
      output.note(output.err.dim(`watching ${plural(watched.length, 'file')}; Ctrl-C ends`))
  } catch (error) {
    if (!(error instanceof WatchFailure)) throw error
    throw new WorkFailure('watch_failed', `The files cannot be watched: ${error.message}`)
  } finally {
    stopListening()
  }
}
