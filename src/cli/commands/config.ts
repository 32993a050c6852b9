/** `agentspec config`: where the user's settings are, and what they come to. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { UsageFailure } from '../../runtime/failures.ts'
import { defaultStorePath } from '../../runtime/store/open-store.ts'
import { addExamples } from '../command.ts'
import type { Action, Bind, DefineCommand, Invocation } from '../command.ts'
import { CONFIG_KEYS, configPath, readUserConfig } from '../config/user-config.ts'
import type { UserConfig } from '../config/user-config.ts'
import { EXIT } from '../exit-codes.ts'
import { printableLine } from '../terminal/printable.ts'
import { tableLines } from '../terminal/table.ts'

type Key = (typeof CONFIG_KEYS)[number]

export const defineConfig: DefineCommand = (command, bind) => {
  command.description(
    'Shows the settings of a user: flags win over variables, those over the config file, that over specs.',
  )
  addExamples(command, [
    ['agentspec config path', 'where the file is'],
    ['agentspec config show', 'what holds, and why'],
  ])
  definePath(command.command('path').summary('where the file is'), bind)
  defineShow(command.command('show').summary('what holds, and where it comes from'), bind)
  bind(command, () =>
    Promise.reject(
      new UsageFailure(
        'missing_command',
        'Which command? config path or config show',
        'agentspec config --help',
      ),
    ),
  )
}

function definePath(command: Command, bind: Bind): void {
  command.description('Prints where the config file is, whether there is one or not.')
  addExamples(command, [['agentspec config path', 'to edit it']])
  bind(command, printPath)
}

function defineShow(command: Command, bind: Bind): void {
  command.description('Prints each setting, and whether a variable, the config file or nobody has set it.')
  addExamples(command, [['agentspec config show --json', 'for a program']])
  bind(command, show)
}

const printPath: Action = async ({ context, output }) => {
  const path = pathOf(context.env)
  if (output.json) output.printJson({ path, exists: existsSync(path) })
  else output.print(path)
  return EXIT.done
}

const show: Action = async (invocation) => {
  const { context, output } = invocation
  const config = await readUserConfig(context.env)
  const settings = CONFIG_KEYS.map((key) => [key, settingOf(invocation, key, config)] as const)
  if (output.json) {
    output.printJson({ path: configPath(context.env), settings: Object.fromEntries(settings) })
    return EXIT.done
  }
  const rows = settings.map(([key, { value, origin }]) => [
    key,
    value === null ? output.out.dim('-') : printableLine(String(value)),
    output.out.dim(origin),
  ])
  output.print(tableLines(rows, output.out.columns).join('\n'))
  return EXIT.done
}

interface Setting {
  readonly value: string | boolean | null
  readonly origin: string
}

/** `--store` and `--no-color` are flags of every command; the others are those of `run` and of decisions. */
function settingOf({ context, flags }: Invocation, key: Key, config: UserConfig): Setting {
  const variable = key === 'color' ? 'AGENTSPEC_NO_COLOR' : `AGENTSPEC_${key.toUpperCase()}`
  const given = context.env[variable]
  if (key === 'store' && flags.text('store') !== (given || undefined))
    return { value: flags.text('store') ?? null, origin: 'flag' }
  if (given !== undefined && given !== '')
    return { value: key === 'color' ? flags.has('color') : given, origin: variable }
  if (key === 'color' && !flags.has('color')) return { value: false, origin: 'flag' }
  const written = config[key]
  if (written !== undefined) return { value: written, origin: 'config file' }
  return { value: defaultOf(key, context), origin: 'default' }
}

function defaultOf(key: Key, context: Invocation['context']): Setting['value'] {
  switch (key) {
    case 'store':
      return `sqlite:${defaultStorePath(context.cwd)}`
    case 'model':
    case 'approvals':
      return null
    case 'by':
      return context.userName()
    case 'color':
      return true
  }
}

function pathOf(env: Invocation['context']['env']): string {
  const path = configPath(env)
  if (path !== null) return path
  throw new UsageFailure(
    'no_home',
    'Nothing says where the config file would be',
    'Set HOME or XDG_CONFIG_HOME',
  )
}
