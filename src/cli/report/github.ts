/** Diagnostics as workflow commands: GitHub shows them in the diff of a pull request. */
import type { Diagnostic, Severity } from '../../spec/diagnostic.ts'

/** One line for a diagnostic. */
export function githubLine(diagnostic: Diagnostic): string {
  const { code, severity, message, hint, file, start, end } = diagnostic
  const properties = {
    title: code,
    file,
    line: start.line,
    endLine: end.line,
    col: start.column,
    // Columns of a range over several lines are refused.
    ...(end.line === start.line ? { endColumn: Math.max(start.column, end.column) } : {}),
  }
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  )
  const text = hint === undefined ? message : `${message}\n${hint}`
  return `::${KINDS[severity]} ${written.join(',')}::${escapeData(text)}`
}

const KINDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
