/** Chooses which of the offered fixes can be carried out at the same time. */
import type { Diagnostic, Fix, TextEdit } from '../../spec/diagnostic.ts'

/** A diagnostic that says how to fix it. */
export interface Fixable extends Diagnostic {
  readonly fix: Fix
}

/**
 * Fixes that do not get in each other's way, in the order of the diagnostics: of two that edit the same characters, and
 * of two that would give two things in one map or list the same name, the first is chosen.
 */
export function chooseFixes(diagnostics: readonly Diagnostic[]): readonly Fixable[] {
  const chosen: Fixable[] = []
  const taken = new Map<string, TextEdit[]>()
  const named = new Set<string>()
  for (const diagnostic of diagnostics) {
    if (!isFixable(diagnostic)) continue
    const edits = taken.get(diagnostic.file) ?? []
    const name = nameOf(diagnostic)
    if (named.has(name) || diagnostic.fix.edits.some((edit) => edits.some((other) => touches(edit, other)))) {
      continue
    }
    chosen.push(diagnostic)
    named.add(name)
    taken.set(diagnostic.file, [...edits, ...diagnostic.fix.edits])
  }
  return chosen
}

function isFixable(diagnostic: Diagnostic): diagnostic is Fixable {
  return diagnostic.fix !== undefined && diagnostic.fix.edits.length > 0
}

/** What the fix writes, and into which map or list. */
function nameOf({ file, pointer, fix }: Fixable): string {
  const owner = pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')))
  return JSON.stringify([file, owner, fix.edits.map(({ text }) => text)])
}

/** Two edits that share a character, or begin at the same place. */
function touches(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end)
}
