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
import type { CheckedFile } from './check-specs.ts'

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
  checked: readonly CheckedFile[],
  { format, strict, fixed }: CheckPrinting,
): CheckReport {
  const { output, context } = invocation
  const diagnostics = checked.flatMap((file) => file.diagnostics)
  const report = createReport(
    checked.map(({ path }) => path),
    diagnostics,
    strict,
  )
  switch (format) {
    case 'pretty': {
      const { out } = output
      const found = checked.flatMap((file) => prettyFile(invocation, file))
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
      const findings = checked.flatMap(({ diagnostics: found, textOf }) =>
        found.map((diagnostic) => ({ diagnostic, textOf })),
      )
      output.printJson(sarifLog(findings, { cwd: context.cwd, version: packageVersion() }))
    }
  }
  return report
}

/** The diagnostics of a file as one text; nothing when there are none. */
function prettyFile({ output }: Invocation, { diagnostics, textOf }: CheckedFile): readonly string[] {
  return diagnostics.length === 0 ? [] : [prettyDiagnostics(diagnostics, textOf, output.out)]
}

function fixedEntry({
  file,
  description,
  start,
}: FixedMistake): Pick<FixedMistake, 'file' | 'description' | 'start'> {
  return { file, description, start }
}
