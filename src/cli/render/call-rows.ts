/** The arguments of a call as rows for a person who decides about it: nothing is cut, and nothing can hide. */
import { operationsOf } from '../../runtime/tools/apply-patch/edit-files.ts'
import type { FileOperation } from '../../runtime/tools/apply-patch/edit-files.ts'
import type { Interruption } from '../../runtime/state/events.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { printable, printableLine } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'

export type Row = readonly [name: string, value: string]

/** A name and a value each: the commands of a shell, the edits of a patch as a diff, other arguments as they are. */
export function callRows(
  { kind, arguments: args }: Pick<Interruption, 'kind' | 'arguments'>,
  theme: Theme,
): readonly Row[] {
  if (!isJsonObject(args)) {
    return [['arguments (not usable)', printable(typeof args === 'string' ? args : JSON.stringify(args))]]
  }
  const { commands, ...others } = args
  if (kind === 'shell' && commands !== undefined && isJsonArray(commands)) {
    return [...commands.map((command): Row => ['$', textOf(command)]), ...plainRows(others)]
  }
  const operations = kind === 'apply_patch' ? operationsOf(args) : null
  if (operations !== null) return operations.flatMap((operation) => editRows(operation, theme))
  const rows = plainRows(args)
  return rows.length === 0 ? [['arguments', 'none']] : rows
}

function plainRows(args: Readonly<Record<string, Json>>): readonly Row[] {
  return Object.entries(args).map(([name, value]): Row => {
    const isLong = typeof value === 'string' && value.includes('\n')
    return [printableLine(name), printable(isLong ? value : JSON.stringify(value, null, 2))]
  })
}

function textOf(command: Json): string {
  return printable(typeof command === 'string' ? command : JSON.stringify(command))
}

const VERBS = { create_file: 'create', update_file: 'update', delete_file: 'delete' } as const

function editRows(operation: FileOperation, theme: Theme): readonly Row[] {
  const path = printableLine(JSON.stringify(operation.path).slice(1, -1))
  const row: Row = [VERBS[operation.type], theme.bold(path)]
  if (operation.type === 'delete_file') return [row]
  const lines = printable(operation.diff).replace(/\n$/u, '').split('\n')
  return [row, ['', lines.map((line) => coloured(line, theme)).join('\n')]]
}

function coloured(line: string, theme: Theme): string {
  if (line.startsWith('+')) return theme.green(line)
  if (line.startsWith('-')) return theme.red(line)
  return line.startsWith('@@') ? theme.cyan(line) : line
}
