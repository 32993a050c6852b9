/** Generates docs/cli.md: every command with its arguments, flags and examples, from the definitions that the command line uses. */
import type { Command, Option } from 'commander'
import { Writable } from 'node:stream'
import { baseProgram } from '../src/cli/command-line.ts'
import { COMMANDS } from '../src/cli/command-table.ts'
import { variableOf } from '../src/cli/flags.ts'

/** What the exit codes mean, in the words of a reader. */
const EXIT_CODES: readonly (readonly [code: number, means: string])[] = [
  [0, 'done'],
  [
    1,
    'the run failed or was cancelled by another, a test failed, or the command could not do its work (store, disk, network)',
  ],
  [2, 'the spec, a document or the command line is invalid; no such run, call or file; Node is too old'],
  [
    3,
    'conflict: someone else drives the run, the decision is stale or was made otherwise, the run has ended',
  ],
  [4, 'paused: waiting for approval'],
  [5, 'behaviour differs: a recording, a lock file, or `diff --fail-on`'],
  [130, 'interrupted (the first Ctrl-C finishes the turn and saves, the second stops now)'],
]

/** The text of the page. */
export async function generateCli(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const program = baseProgram({ stdout: silent, stderr: silent })
  for (const row of COMMANDS) (await row.load())(program.command(row.name).summary(row.summary), () => {})
  const parts = [
    '<!-- Generated from src/cli/commands by `npm run gen`. -->',
    '# The command line',
    'The answer goes to stdout, everything else to stderr. `--json` makes any command print exactly one JSON object on stdout, also when ' +
      'it fails: `{ "error": { "code", "message", "hint" } }`. A flag wins over its environment variable, that over the ' +
      "[user's config](guide.md#your-own-settings), that over the spec. `RUN` is the id of a run, the beginning of one, or `latest` " +
      '(also `-1`): the run started last.',
    tableOf(
      ['command', 'does'],
      program.commands.map((command) => [`[${command.name()}](#${anchorOf(command)})`, command.summary()]),
    ),
    '## Flags of every command',
    flagsOf(program.options),
    '## Exit codes',
    tableOf(
      ['code', 'means'],
      EXIT_CODES.map(([code, means]) => [String(code), means]),
    ),
    ...program.commands.flatMap((command) => textOf(command)),
  ]
  return `${parts.join('\n\n')}\n`
}

function textOf(command: Command): readonly string[] {
  // Hidden flags are those that are to come.
  const options = command.options.filter(({ hidden }) => !hidden)
  const name = nameOf(command)
  const level = '#'.repeat(name.split(' ').length)
  const args = command.registeredArguments.map((argument) => [
    `\`${argument.required ? '' : '['}${argument.name()}${argument.variadic ? '…' : ''}${argument.required ? '' : ']'}\``,
    inCell(argument.description),
  ])
  const examples = examplesOf(command)
  return [
    `${level} <a id="${anchorOf(command)}"></a>${name}`,
    command.description(),
    ...(args.length === 0 ? [] : [tableOf(['argument', 'is'], args)]),
    ...(options.length === 0 ? [] : [flagsOf(options)]),
    ...(examples === '' ? [] : [`\`\`\`sh\n${examples}\n\`\`\``]),
    ...command.commands.flatMap((inner) => textOf(inner)),
  ]
}

function flagsOf(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const variable = variableOf(option)
    return [
      `\`${option.flags}\``,
      inCell(option.description),
      variable === undefined ? '' : `\`${variable}\``,
    ]
  })
  return tableOf(['flag', 'says', 'variable'], rows)
}

/** What the help shows at its end, as lines for a shell. */
function examplesOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  const [, examples = ''] = help.split('\nExamples:\n')
  return examples
    .split('\n')
    .map((line) => line.trim().replace(/^\$ /, ''))
    .join('\n')
    .trim()
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

function anchorOf(command: Command): string {
  return nameOf(command).replaceAll(' ', '-')
}

function tableOf(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
