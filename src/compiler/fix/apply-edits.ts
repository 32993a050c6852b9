/** Carries out edits of a text. */
import type { TextEdit } from '../../spec/diagnostic.ts'

/** The text after all edits, whose offsets are those of `text`. They must not overlap; their order is of no importance. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const pieces: string[] = []
  let done = 0
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(text.slice(done, start), replacement)
    done = end
  }
  return pieces.join('') + text.slice(done)
}
