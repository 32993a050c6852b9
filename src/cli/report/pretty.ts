/** Diagnostics for people: place, message, code frame, hint and related places. */
import type { Diagnostic, Location, Severity } from '../../spec/diagnostic.ts'
import { printable } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { codeFrame } from './code-frame.ts'

/** The text of a file as it was checked; `undefined` when there is none to show. */
export type TextOf = (file: string) => string | undefined

/** Every diagnostic as a block, separated by empty lines; empty without diagnostics. */
export function prettyDiagnostics(diagnostics: readonly Diagnostic[], textOf: TextOf, theme: Theme): string {
  return diagnostics.map((diagnostic) => prettyDiagnostic(diagnostic, textOf, theme)).join('\n\n')
}

function prettyDiagnostic(diagnostic: Diagnostic, textOf: TextOf, theme: Theme): string {
  const { code, severity, message, hint, related = [], fix } = diagnostic
  const mark = markOf(severity, theme)
  const heading = `${placeText(diagnostic, theme)} ${mark(severity)} ${theme.dim(`${code}:`)} ${printable(message)}`
  const parts = [heading, ...frameOf(diagnostic, textOf, theme, { mark, context: 1 })]
  if (hint !== undefined) parts.push(indent(`${theme.cyan('hint:')} ${printable(hint)}`, 2))
  if (fix !== undefined) parts.push(indent(`${theme.cyan('fix:')} ${printable(fix.description)}`, 2))
  for (const place of related) {
    parts.push(indent(`${placeText(place, theme)} ${printable(place.message)}`, 2))
    parts.push(
      ...frameOf(place, textOf, theme, { mark: theme.cyan, context: 0 }).map((frame) => indent(frame, 2)),
    )
  }
  return parts.join('\n')
}

/** `specs/x.yaml:12:9`. */
export function placeText(place: Pick<Location, 'file' | 'start'>, theme: Theme): string {
  const { file, start } = place
  return `${theme.cyan(printable(file))}:${theme.yellow(String(start.line))}:${theme.yellow(String(start.column))}`
}

function frameOf(
  place: Location,
  textOf: TextOf,
  theme: Theme,
  look: { readonly mark: (text: string) => string; readonly context: number },
): readonly string[] {
  const text = textOf(place.file)
  return text === undefined ? [] : [codeFrame(text, place, { theme, ...look })]
}

function markOf(severity: Severity, theme: Theme): (text: string) => string {
  const color = { error: theme.red, warning: theme.yellow, info: theme.blue }[severity]
  return (text) => theme.bold(color(text))
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n')
}
