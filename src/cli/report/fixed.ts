/** What `check --fix` did, for people. */
import type { FixedMistake } from '../../compiler/fix/fix-spec.ts'
import { printable } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { plural } from './check-report.ts'
import { placeText } from './pretty.ts'

/** A block for each mistake that is no more, and how many there were; empty without any. */
export function fixedBlocks(fixed: readonly FixedMistake[], theme: Theme): readonly string[] {
  if (fixed.length === 0) return []
  const blocks = fixed.map((mistake) => {
    const heading = `${placeText(mistake, theme)} ${theme.bold(theme.green('fixed'))} ${theme.dim(`${mistake.code}:`)}`
    return `${heading} ${printable(mistake.message)}\n  ${theme.cyan('fix:')} ${printable(mistake.description)}`
  })
  return [...blocks, theme.green(`fixed ${plural(fixed.length, 'mistake')}`)]
}
