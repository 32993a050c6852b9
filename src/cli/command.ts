/** What a command is: arguments and flags, and a function from an invocation to an exit code. */
import type { Command } from 'commander'
import type { UserConfig } from './config/user-config.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Flags } from './flags.ts'
import type { Output } from './output.ts'

/** One call of a command. */
export interface Invocation {
  readonly context: CommandContext
  readonly output: Output
  /** The arguments as given, flags left out. */
  readonly args: readonly string[]
  readonly flags: Flags
  /** What the user has set for all specs; nothing for commands that are about that. */
  readonly config: UserConfig
}

export type Action = (invocation: Invocation) => Promise<ExitCode>

export interface BindOptions {
  /** With `--events`, stdout is lines of JSON: a failure is told there, too. */
  readonly streamsEvents?: boolean
}

/** Says what a command does when it is called. */
export type Bind = (command: Command, action: Action, options?: BindOptions) => void

/** Adds arguments, flags and help to a command that has its name and summary already. */
export type DefineCommand = (command: Command, bind: Bind) => void

/** A row in the table of commands. */
export interface CommandRow {
  readonly name: string
  /** One line in the list of commands. */
  readonly summary: string
  /** Loaded only when called, so that the rest stays fast. */
  readonly load: () => Promise<DefineCommand>
}

/** Adds examples to the help of a command: what to type, and what it does. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): void {
  const lines = examples.flatMap(([line, does]) => [`  # ${does}`, `  $ ${line}`])
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
