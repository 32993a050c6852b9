/** From the words of a command line to an exit code. */
import { Command, CommanderError, Option } from 'commander'
import type { Bind, Invocation } from './command.ts'
import { COMMANDS, PLANNED_COMMANDS } from './command-table.ts'
import { readUserConfig, withUserConfig } from './config/user-config.ts'
import type { UserConfig } from './config/user-config.ts'
import type { CommandContext, Environment } from './context.ts'
import { EXIT } from './exit-codes.ts'
import type { ExitCode } from './exit-codes.ts'
import { readFlags, variableOf } from './flags.ts'
import { createOutput } from './output.ts'
import type { Output } from './output.ts'
import { packageVersion } from './package-root.ts'
import { usageFailure } from './commander-failure.ts'
import { notSupportedYet } from './not-supported.ts'
import { reportFailure } from './report-failure.ts'

/**
 * Runs the command that `words` name. Never rejects: a failure becomes a text on stderr, with `--json` also one JSON
 * object on stdout, and an exit code.
 */
export async function runCommandLine(words: readonly string[], context: CommandContext): Promise<ExitCode> {
  const outcome: Outcome = { exitCode: EXIT.done, output: null, command: undefined }
  try {
    const program = await createProgram(words, context, outcome)
    await program.parseAsync([...words], { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    const failure = error instanceof CommanderError ? usageFailure(error, outcome.command) : error
    return reportFailure(outcome.output ?? outputBeforeParsing(words, context), failure)
  }
}

interface Outcome {
  exitCode: ExitCode
  /** Known once the flags are read. */
  output: Output | null
  /** The one that is called, when there is one of that name. */
  command: string | undefined
}

/** A program that knows the command that is called; every command by name when that is none, or help is asked for. */
async function createProgram(
  words: readonly string[],
  context: CommandContext,
  outcome: Outcome,
): Promise<Command> {
  const bind: Bind = (command, action, options = {}) => {
    command.action(async () => {
      const { config, env } = await configured(command, context)
      const invocation = { ...readInvocation(command, { ...context, env }), config }
      const isStream = options.streamsEvents === true && invocation.flags.has('events')
      outcome.output = isStream ? { ...invocation.output, json: true } : invocation.output
      outcome.exitCode = await action(invocation)
    })
  }
  const called = calledCommand(words, context)
  const program = baseProgram(context)
  const row = COMMANDS.find(({ name }) => name === called)
  if (row === undefined || words.includes('help')) addOthers(program, called, bind)
  if (row === undefined) return program
  outcome.command = called
  const define = await row.load()
  define(program.command(row.name).summary(row.summary), bind)
  return program
}

function addOthers(program: Command, called: string | undefined, bind: Bind): void {
  for (const { name, summary } of COMMANDS) if (name !== called) program.command(name).summary(summary)
  for (const name of PLANNED_COMMANDS) {
    const command = program.command(name, { hidden: true }).allowUnknownOption().allowExcessArguments()
    bind(command, () => Promise.reject(notSupportedYet(`"agentspec ${name}" is`)))
  }
}

/** `agentspec` without any command: its name and its global flags. */
export function baseProgram({ stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>): Command {
  return new Command('agentspec')
    .description('Runs AI agents declared in YAML, durably, with approvals.')
    .usage('COMMAND [ARGUMENT…] [FLAG…]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help for a command')
    .addOption(new Option('--store <url>', 'where runs are kept: sqlite:PATH, postgres://… or memory:'))
    .addOption(new Option('--env-file <file>', 'read instead of the .env beside the spec'))
    .addOption(new Option('--json', 'print exactly one JSON object on stdout'))
    .addOption(new Option('--no-color', 'no colours'))
    .addOption(new Option('-q, --quiet', 'no progress on stderr'))
    .addOption(new Option('--verbose', 'say more, with stack traces for bugs'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // The failure itself is reported once, by the wrapper.
      outputError: () => {},
    })
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 16,
      visibleGlobalOptions: globalOptions,
      optionDescription: describeOption,
    })
}

/** Those of the program, not those of a command around the command. */
function globalOptions(command: Command): Option[] {
  let program = command
  while (program.parent !== null) program = program.parent
  return program === command ? [] : program.options.filter((option) => option.long !== '--version')
}

function describeOption(option: Option): string {
  const variable = variableOf(option)
  return variable === undefined ? option.description : `${option.description} (${variable})`
}

/** The name of the command, wherever the global flags are. */
function calledCommand(words: readonly string[], context: CommandContext): string | undefined {
  const [first] = words
  if (first !== undefined && first !== 'help' && !first.startsWith('-')) return first
  const { operands } = baseProgram(context).parseOptions([...words])
  return operands[0] === 'help' ? operands[1] : operands[0]
}

/** Those that are about the config file itself: a mistake in it must not keep them from saying so. */
const WITHOUT_CONFIG: ReadonlySet<string> = new Set(['config', 'completion'])

/** What the user has set, and the environment over it. @throws UsageFailure `config_invalid`. */
async function configured(
  command: Command,
  { env }: CommandContext,
): Promise<{ readonly config: UserConfig; readonly env: Environment }> {
  let outermost = command
  while (outermost.parent?.parent) outermost = outermost.parent
  if (WITHOUT_CONFIG.has(outermost.name())) return { config: {}, env }
  try {
    const config = await readUserConfig(env)
    return { config, env: withUserConfig(env, config) }
  } catch (error) {
    if (outermost.name() === 'doctor') return { config: {}, env }
    throw error
  }
}

function readInvocation(command: Command, context: CommandContext): Omit<Invocation, 'config'> {
  const flags = readFlags(command, context.env)
  const output = createOutput(context, {
    json: flags.has('json'),
    quiet: flags.has('quiet'),
    verbose: flags.has('verbose'),
    noColor: !flags.has('color'),
  })
  return { context, output, args: command.args, flags }
}

/** The output of a command line that is not understood, or not yet: its flags are looked for by name. */
export function outputBeforeParsing(words: readonly string[], context: CommandContext): Output {
  const end = words.indexOf('--')
  const flags = new Set(end === -1 ? words : words.slice(0, end))
  return createOutput(context, {
    json: flags.has('--json') || /^(1|true|yes|on)$/i.test(context.env['AGENTSPEC_JSON'] ?? ''),
    quiet: flags.has('--quiet') || flags.has('-q'),
    verbose: flags.has('--verbose'),
    noColor: flags.has('--no-color'),
  })
}
