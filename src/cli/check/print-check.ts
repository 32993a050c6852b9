/** Prints what `check` found, in the format that is asked for. */
import type { FixedMistake } from '../../compiler/fix/fix-spec.ts'
import type { Invocation } from '../command.ts'
import { packageVersion } from '../package-root.ts'
import { createReport, summaryLine } from '../report/check-report.ts'
import type { CheckReport } from '../report/check-report.ts'
import { fixedBlocks } from '../report/fixed.ts'
import { githubLine } from '../report/github.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import { sarifLog } from '../report/sarif.ts'
import { textsOf } from '../runs/compile-spec.ts'
import type { CheckedSpec } from './check-specs.ts'

export const FORMATS = ['pretty', 'json', 'github', 'sarif'] as const

export type Format = (typeof FORMATS)[number]

export interface CheckPrinting {
  readonly format: Format
  /** Warnings fail, too. */
  readonly strict: boolean
  /** What `--fix` did; absent without it. */
  readonly fixed?: readonly FixedMistake[]
}

/** Prints to stdout, and returns what the exit code follows from. */
export function printCheck(
  invocation: Invocation,
  checked: readonly CheckedSpec[],
  { format, strict, fixed }: CheckPrinting,
): CheckReport {
  const { output, context } = invocation
  const diagnostics = checked.flatMap(({ result }) => result.diagnostics)
  const report = createReport(
    checked.map(({ path }) => path),
    diagnostics,
    strict,
  )
  switch (format) {
    case 'pretty': {
      const { out } = output
      const found = checked.flatMap((spec) => prettySpec(invocation, spec))
      output.print([...fixedBlocks(fixed ?? [], out), ...found, summaryLine(report, out)].join('\n\n'))
      break
    }
    case 'json':
      output.printJson(fixed === undefined ? report : { ...report, fixed: fixed.map(fixedEntry) })
      break
    case 'github':
      for (const diagnostic of diagnostics) output.print(githubLine(diagnostic))
      break
    case 'sarif': {
      const findings = checked.flatMap(({ path, result }) => {
        const textOf = textsOf(invocation, path, result)
        return result.diagnostics.map((diagnostic) => ({ diagnostic, textOf }))
      })
      output.printJson(sarifLog(findings, { cwd: context.cwd, version: packageVersion() }))
    }
  }
  return report
}

/** The diagnostics of a spec as one text; nothing when there are none. */
function prettySpec(invocation: Invocation, { path, result }: CheckedSpec): readonly string[] {
  if (result.diagnostics.length === 0) return []
  const textOf = textsOf(invocation, path, result)
  return [prettyDiagnostics(result.diagnostics, textOf, invocation.output.out)]
}

function fixedEntry({
  file,
  description,
  start,
}: FixedMistake): Pick<FixedMistake, 'file' | 'description' | 'start'> {
  return { file, description, start }
}
