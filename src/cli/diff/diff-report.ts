/** What `diff` shows to people. */
import { CHANGE_CLASSES, isAtLeast } from '../../compiler/diff/change.ts'
import type { ChangeClass } from '../../compiler/diff/change.ts'
import { plural } from '../report/check-report.ts'
import { placeText } from '../report/pretty.ts'
import { shortHash, specName } from '../render/names.ts'
import { printableLine } from '../terminal/printable.ts'
import { tableLines } from '../terminal/table.ts'
import type { Theme } from '../terminal/theme.ts'
import type { AffectedRun, DiffResult, PlacedChange } from './diff-result.ts'
import type { Side } from './load-side.ts'

/** Both specs, the changes by class, the worst first, the runs they touch, and the verdict. */
export function diffReport(sides: readonly [a: Side, b: Side], result: DiffResult, theme: Theme): string {
  const groups = CHANGE_CLASSES.toReversed().map((one) => groupText(one, result.changes, theme))
  const blocks = [
    headingText(sides, theme),
    ...groups,
    ...runsText(result, theme),
    verdictText(result, theme),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

/** The changes, and the runs they touch: what an author is told who has just made them. */
export function changesText(result: DiffResult, theme: Theme): string {
  // The older version is not on disk any more.
  const changes = result.changes.map(({ a: _, ...change }) => change)
  const groups = CHANGE_CLASSES.toReversed().map((one) => groupText(one, changes, theme))
  const touched =
    result.runs?.some(isTouched) === true
      ? [...runsText(result, theme), theme.dim('  they go on with the version they began with')]
      : []
  return [...groups, ...touched].filter((block) => block !== '').join('\n')
}

function headingText([a, b]: readonly [Side, Side], theme: Theme): string {
  const row = (label: string, { program, hash, from }: Side): readonly string[] => [
    theme.dim(label),
    theme.bold(specName(program)),
    shortHash(hash),
    theme.cyan(printableLine(from)),
  ]
  return tableLines([row('a', a), row('b', b)], theme.columns).join('\n')
}

function groupText(group: ChangeClass, changes: readonly PlacedChange[], theme: Theme): string {
  const own = changes.filter((change) => change.class === group)
  if (own.length === 0) return ''
  return [classText(group, theme), ...own.flatMap((change) => changeLines(change, theme))].join('\n')
}

function changeLines({ what, a, b }: PlacedChange, theme: Theme): readonly string[] {
  const places = [
    ...(a === undefined ? [] : [`    ${theme.dim('a')} ${placeText(a, theme)}`]),
    ...(b === undefined ? [] : [`    ${theme.dim('b')} ${placeText(b, theme)}`]),
  ]
  return [`  ${printableLine(what)}`, ...places]
}

function runsText({ runs }: DiffResult, theme: Theme): readonly string[] {
  if (runs === undefined) return []
  const touched = runs.filter(isTouched)
  const untouched = runs.length - touched.length
  const lines = touched.flatMap(({ run_id: id, class: verdict, reasons }) => [
    `  ${id} ${classText(verdict, theme)}`,
    ...reasons.map((reason) => `    ${printableLine(reason)}`),
  ])
  const rest = runs.length === 0 ? 'none waits or is interrupted' : `${plural(untouched, 'run')} not touched`
  const isAll = untouched === 0 && runs.length > 0
  return [[theme.bold('runs'), ...lines, ...(isAll ? [] : [theme.dim(`  ${rest}`)])].join('\n')]
}

function isTouched({ class: verdict }: AffectedRun): boolean {
  return isAtLeast(verdict, 'behavioural')
}

function verdictText({ class: verdict, changes }: DiffResult, theme: Theme): string {
  if (changes.length === 0) return `${theme.green('equal')}: nothing differs`
  return `${classText(verdict, theme)}: ${plural(changes.length, 'change')}`
}

function classText(group: ChangeClass, theme: Theme): string {
  return CLASS_STYLES[group](theme)(group)
}

const CLASS_STYLES: Readonly<Record<ChangeClass, (theme: Theme) => (text: string) => string>> = {
  breaking: (theme) => (text) => theme.bold(theme.red(text)),
  needs_reapproval: (theme) => (text) => theme.bold(theme.yellow(text)),
  behavioural: (theme) => theme.blue,
  compatible: (theme) => theme.green,
  cosmetic: (theme) => theme.dim,
}
