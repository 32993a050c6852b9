/** What a change of the files means, for the author who made it. */
import { relative } from 'node:path'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import { unsupportedKeys } from '../../compiler/unsupported.ts'
import type { Reload } from '../../dev/reloads.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { affectedRuns } from '../diff/affected-runs.ts'
import { changesText } from '../diff/diff-report.ts'
import { diffSides } from '../diff/diff-result.ts'
import type { Side } from '../diff/load-side.ts'
import { createReport, summaryLine } from '../report/check-report.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import { textsOf, variablesFileOf } from '../runs/compile-spec.ts'
import { printable } from '../terminal/printable.ts'

/** A version can be run: the runtime has everything that it uses. */
export function isUsable({ program }: CompileSuccess): boolean {
  return unsupportedKeys(program).length === 0
}

/** One version as `diff` takes it. */
export function sideOf({ program, hash, placeOf }: CompileSuccess, from: string): Side {
  return { program, hash, from, placeOf }
}

/**
 * The mistakes; or what has changed by class, and what that would mean for the runs that wait. Those stay on the version they
 * began with.
 */
export async function reloadReport(
  invocation: Invocation,
  runtime: Runtime,
  path: string,
  reload: Reload,
): Promise<string> {
  const { output, context } = invocation
  const theme = output.err
  const { result, before, changed } = reload
  const names = changed.map((one) => printable(relative(context.cwd, one))).join(', ')
  const heading = names === '' ? [] : [theme.dim(`changed: ${names}`)]
  if (!result.ok || !isUsable(result)) {
    const kept =
      before === null ? 'Nothing can be run yet' : 'Turns go on with the last version that can be run'
    return [...heading, problemsOf(invocation, path, result), theme.yellow(`${kept}.`)].join('\n')
  }
  if (before === null) return [...heading, `${theme.green('ok')}: the spec can be run.`].join('\n')
  if (before.hash === result.hash)
    return [...heading, theme.dim(sameText(invocation, path, changed))].join('\n')
  const [a, b] = [sideOf(before, 'before'), sideOf(result, path)]
  const runs = await affectedRuns(runtime, a, b)
  const diff = { ...diffSides(a, b), runs }
  return [...heading, changesText(diff, theme), theme.dim('The next turn uses it.')].join('\n')
}

function sameText(invocation: Invocation, path: string, changed: readonly string[]): string {
  return changed.includes(variablesFileOf(invocation, path))
    ? 'The spec is the same. The next turn uses the variables as they are now.'
    : 'The spec is the same.'
}

function problemsOf(invocation: Invocation, path: string, result: Reload['result']): string {
  const { err } = invocation.output
  if (result.ok) {
    return unsupportedKeys(result.program)
      .map(({ pointer, message }) => `${err.red('error:')} ${printable(`${pointer}: ${message}`)}`)
      .join('\n')
  }
  const { diagnostics } = result
  const summary = summaryLine(createReport([path], diagnostics, false), err)
  return [prettyDiagnostics(diagnostics, textsOf(invocation, path, result), err), summary].join('\n\n')
}
