/** How the tools of MCP servers differ from a lock file, as a person reads it: what is shown is all that counts. */
import { memberOf } from '../../compiler/lock/spec-lock.ts'
import type { LockedTool, SpecLock } from '../../compiler/lock/spec-lock.ts'
import type { LockDifference, ToolChange } from '../../runtime/lock/compare-locks.ts'
import { plural } from '../report/check-report.ts'
import { printable, printableLine, shorten } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'

/** Lines of a text on one side. */
const MOST_LINES = 20

/** Places of a schema. */
const MOST_CHANGES = 20

/** Characters of a value. */
const LONGEST_VALUE = 160

/** A block for each server, a paragraph for each tool. */
export function differenceLines(
  differences: readonly LockDifference[],
  toolNow: (server: string, tool: string) => LockedTool | undefined,
  theme: Theme,
): readonly string[] {
  const servers = Map.groupBy(differences, ({ server }) => server)
  return [...servers].flatMap(([server, list]) => [
    theme.bold(printableLine(server)),
    ...list.flatMap((one) =>
      toolLines(one, one.tool === null ? undefined : toolNow(server, one.tool), theme),
    ),
  ])
}

/** The description of a tool in a lock, for `differenceLines`. */
export function toolIn(lock: SpecLock): (server: string, tool: string) => LockedTool | undefined {
  return (server, tool) => memberOf(memberOf(lock.servers, server)?.tools ?? {}, tool)
}

function toolLines(
  { tool, change, changes }: LockDifference,
  now: LockedTool | undefined,
  theme: Theme,
): readonly string[] {
  const name = printableLine(tool ?? '')
  switch (change) {
    case 'server_added':
      return [`  ${theme.green('+')} is not locked`]
    case 'server_removed':
      return [`  ${theme.red('-')} is locked, and no agent uses it`]
    case 'tool_added':
      return [`  ${theme.green('+')} ${name} is new`, ...described(now)]
    case 'tool_removed':
      return [`  ${theme.red('-')} ${name} is gone`]
    case 'tool_changed': {
      const head = `  ${theme.yellow('~')} ${name} has changed`
      if (changes.length === 0)
        return [head, '      what it was is not known any more; now it is:', ...described(now)]
      const rest = changes.length - MOST_CHANGES
      return [
        head,
        ...changes.slice(0, MOST_CHANGES).flatMap((one) => changeLines(one, theme)),
        ...(rest > 0 ? [theme.dim(`      and ${plural(rest, 'more place')}`)] : []),
      ]
    }
  }
}

function described(now: LockedTool | undefined): readonly string[] {
  if (now === undefined) return []
  const schema = shorten(printableLine(JSON.stringify(now.input_schema)), 4 * LONGEST_VALUE)
  return [...cut(now.description.split('\n')).map((line) => `      ${line}`), `      ${schema}`]
}

function changeLines({ pointer, locked, now }: ToolChange, theme: Theme): readonly string[] {
  const at = `      ${theme.cyan(printableLine(pointer))}`
  const isText = [locked, now].some(
    (side) => typeof side === 'string' && (side.includes('\n') || side.length > 40),
  )
  if (typeof locked === 'string' && typeof now === 'string' && isText) {
    return [at, ...textLines(locked.split('\n'), now.split('\n'), theme)]
  }
  const value = (side: ToolChange['now']): string =>
    side === undefined ? 'nothing' : shorten(printableLine(JSON.stringify(side)), LONGEST_VALUE)
  return [`${at}: ${theme.red(value(locked))} -> ${theme.green(value(now))}`]
}

/** The lines between those that both have at the beginning and at the end. */
function textLines(before: readonly string[], after: readonly string[], theme: Theme): readonly string[] {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const side = (lines: readonly string[]): readonly string[] => cut(lines.slice(start, lines.length - end))
  return [
    ...side(before).map((line) => theme.red(`        - ${line}`)),
    ...side(after).map((line) => theme.green(`        + ${line}`)),
  ]
}

function cut(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST_LINES).map(printable)
  return lines.length > MOST_LINES ? [...shown, `and ${lines.length - MOST_LINES} more lines`] : shown
}
