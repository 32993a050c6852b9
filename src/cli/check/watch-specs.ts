/** `check --watch`: checks the specs again whenever a file of theirs changes. */
import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { compileObserved } from '../../dev/compile-observed.ts'
import { follow } from '../../dev/follow.ts'
import type { Observe } from '../../dev/observations.ts'
import { WatchFailure } from '../../dev/watcher.ts'
import type { Invocation } from '../command.ts'
import { WorkFailure } from '../failures.ts'
import { plural } from '../report/check-report.ts'
import { variablesFileOf, variablesFor } from '../runs/compile-spec.ts'
import { printable } from '../terminal/printable.ts'
import { isTestFile } from '../test/find-test-files.ts'
import { checkSpecs } from './check-specs.ts'
import type { CheckedFile } from './check-specs.ts'
import { printCheck } from './print-check.ts'
import type { CheckPrinting } from './print-check.ts'

/** Everything that is on the screen, what has scrolled away, and the cursor to the top. */
const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H'

/**
 * Prints what is wrong, and prints it anew after every change. Ends at a signal, or when nobody reads stdout any more.
 *
 * @throws WorkFailure `watch_failed` when the system does not let us watch.
 */
export async function watchSpecs(invocation: Invocation, printing: CheckPrinting): Promise<void> {
  const { context, output } = invocation
  const stop = new AbortController()
  const end = (): void => stop.abort()
  const stopListening = context.onSignal(end)
  context.stdout.once('error', end)
  try {
    const checks = follow((observe) => checkObserved(invocation, observe), stop.signal)
    for await (const { value, changed, watched } of checks) {
      if (changed.length > 0) announce(invocation, changed)
      printCheck(invocation, value, printing)
      output.note(output.err.dim(`watching ${plural(watched.length, 'file')}; Ctrl-C ends`))
    }
  } catch (error) {
    if (!(error instanceof WatchFailure)) throw error
    throw new WorkFailure(
      'watch_failed',
      `The files cannot be watched: ${error.message}`,
      'Raise the limit of the system, or set CHOKIDAR_USEPOLLING=1',
    )
  } finally {
    stopListening()
    context.stdout.off('error', end)
  }
}

async function checkObserved(invocation: Invocation, observe: Observe): Promise<readonly CheckedFile[]> {
  const { args, context } = invocation
  for (const path of args.filter(isTestFile)) {
    const absolute = resolve(context.cwd, path)
    await observe(absolute, () => readFile(absolute, 'utf8').catch(() => null))
  }
  return await checkSpecs(invocation, async (path) => {
    const environment = await observe(variablesFileOf(invocation, path), () => variablesFor(invocation, path))
    return await compileObserved(path, { environment }, observe)
  })
}

function announce({ context, output }: Invocation, changed: readonly string[]): void {
  if (context.isTerminal.stdout) context.stdout.write(CLEAR_SCREEN)
  const names = changed.map((path) => printable(relative(context.cwd, path)))
  output.note(output.err.dim(`changed: ${names.join(', ')}`))
}
