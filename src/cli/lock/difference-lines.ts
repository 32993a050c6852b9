/** How the tools of MCP servers differ from a lock file, as a person reads it. */
import { memberOf } from '../../compiler/lock/spec-lock.ts'
import type { LockedTool, SpecLock } from '../../compiler/lock/spec-lock.ts'
import type { LockDifference, ToolChange } from '../../runtime/lock/compare-locks.ts'
import { plural } from '../report/check-report.ts'
import { printable, printableLine, shorten } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'

export interface Page {
  readonly theme: Theme
  /** Nothing is cut: for a question, whose answer is about all of it. */
  readonly whole: boolean
  /** A tool as it is now. */
  readonly toolNow: (server: string, tool: string) => LockedTool | undefined
}

/** Lines of a text on one side, and places of a schema, where not everything is shown. */
const MOST_LINES = 20

/** Characters of a value there. */
const LONGEST_VALUE = 160

/** A block for each server, a paragraph for each tool. */
export function differenceLines(differences: readonly LockDifference[], page: Page): readonly string[] {
  const servers = Map.groupBy(differences, ({ server }) => server)
  return [...servers].flatMap(([server, list]) => [
    page.theme.bold(printableLine(server)),
    ...list.flatMap((one) => toolLines(one, page)),
  ])
}

/** The tools of a lock, for a page. */
export function toolIn(lock: SpecLock): Page['toolNow'] {
  return (server, tool) => memberOf(memberOf(lock.servers, server)?.tools ?? {}, tool)
}

function toolLines({ server, tool, change, changes }: LockDifference, page: Page): readonly string[] {
  const { theme } = page
  const name = printableLine(tool ?? '')
  switch (change) {
    case 'server_added':
      return [`  ${theme.green('+')} is not locked`]
    case 'server_removed':
      return [`  ${theme.red('-')} is locked, and no agent uses it`]
    case 'tool_added':
      return [`  ${theme.green('+')} ${name} is new`, ...described(page.toolNow(server, tool ?? ''), page)]
    case 'tool_removed':
      return [`  ${theme.red('-')} ${name} is gone`]
    case 'tool_changed': {
      const head = `  ${theme.yellow('~')} ${name} has changed`
      if (changes.length > 0) return [head, ...placeLines(changes, page)]
      const unknown = '      what it was is not known any more; now it is:'
      return [head, unknown, ...described(page.toolNow(server, tool ?? ''), page)]
    }
  }
}

function described(now: LockedTool | undefined, page: Page): readonly string[] {
  if (now === undefined) return []
  const { description, hash: _, input_schema, ...others } = now
  return [
    ...cut(description.split('\n'), page).map((line) => `      ${line}`),
    `      ${valueText(input_schema, page)}`,
    ...(page.whole ? Object.entries(others) : []).map(
      ([key, value]) => `      ${key}: ${valueText(value, page)}`,
    ),
  ]
}

function placeLines(changes: readonly ToolChange[], page: Page): readonly string[] {
  const shown = page.whole ? changes : changes.slice(0, MOST_LINES)
  const rest = changes.length - shown.length
  return [
    ...shown.flatMap((one) => changeLines(one, page)),
    ...(rest > 0 ? [page.theme.dim(`      and ${plural(rest, 'more place')}`)] : []),
  ]
}

function changeLines({ pointer, locked, now }: ToolChange, page: Page): readonly string[] {
  const { theme } = page
  const at = `      ${theme.cyan(printableLine(pointer))}`
  if (typeof locked === 'string' && typeof now === 'string' && (isProse(locked) || isProse(now))) {
    return [at, ...textLines(locked.split('\n'), now.split('\n'), page)]
  }
  return [`${at}: ${theme.red(valueText(locked, page))} -> ${theme.green(valueText(now, page))}`]
}

function isProse(text: string): boolean {
  return text.includes('\n') || text.length > 40
}

function valueText(value: unknown, { whole }: Page): string {
  if (value === undefined) return 'nothing'
  const text = printableLine(JSON.stringify(value))
  return whole ? text : shorten(text, LONGEST_VALUE)
}

/** The lines between those that both have at the beginning and at the end. */
function textLines(before: readonly string[], after: readonly string[], page: Page): readonly string[] {
  const { theme } = page
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const side = (lines: readonly string[]): readonly string[] =>
    cut(lines.slice(start, lines.length - end), page)
  return [
    ...side(before).map((line) => theme.red(`        - ${line}`)),
    ...side(after).map((line) => theme.green(`        + ${line}`)),
  ]
}

function cut(lines: readonly string[], { whole }: Page): readonly string[] {
  if (whole || lines.length <= MOST_LINES) return lines.map(printable)
  return [...lines.slice(0, MOST_LINES).map(printable), `and ${lines.length - MOST_LINES} more lines`]
}
