/** What `check` found in all its files: the object of `--format json`, and the last line for people. */
import type { Diagnostic } from '../../spec/diagnostic.ts'
import type { Theme } from '../terminal/theme.ts'

export interface CheckReport {
  readonly ok: boolean
  readonly files: readonly string[]
  readonly errors: number
  readonly warnings: number
  readonly diagnostics: readonly Diagnostic[]
}

/** `strict`: a warning is enough for the files not to be ok. Diagnostics keep their order. */
export function createReport(
  files: readonly string[],
  diagnostics: readonly Diagnostic[],
  strict: boolean,
): CheckReport {
  const count = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  return { ok: errors === 0 && !(strict && warnings > 0), files, errors, warnings, diagnostics }
}

/** `2 errors and 1 warning in 3 files`, or that all is well. */
export function summaryLine(report: CheckReport, theme: Theme): string {
  const files = plural(report.files.length, 'file')
  if (report.errors + report.warnings === 0) {
    const remarks = report.diagnostics.length
    const found = remarks === 0 ? 'nothing to complain about' : plural(remarks, 'remark')
    return `${theme.green('ok')}: ${files}, ${found}`
  }
  const found = [
    ...(report.errors === 0 ? [] : [theme.red(plural(report.errors, 'error'))]),
    ...(report.warnings === 0 ? [] : [theme.yellow(plural(report.warnings, 'warning'))]),
  ]
  const strict = report.errors === 0 && !report.ok ? ' (--strict: warnings fail)' : ''
  return `${found.join(' and ')} in ${files}${strict}`
}

/** `1 call`, `2 calls`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
