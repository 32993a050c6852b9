/** Where a command writes: its answer to stdout, everything else to stderr. */
import type { CommandContext } from './context.ts'
import { columnsOf, createTheme, wantsColors } from './terminal/theme.ts'
import type { Theme } from './terminal/theme.ts'

export interface OutputSettings {
  /** Exactly one JSON object on stdout. */
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly noColor: boolean
}

export interface Output extends OutputSettings {
  /** A line, or several, of the answer. */
  readonly print: (text: string) => void
  /** A value of the answer on one line; spread out when a person reads it. */
  readonly printJson: (value: unknown) => void
  /** Something that is good to know; not with `--quiet`. */
  readonly note: (text: string) => void
  /** Something that must be said. */
  readonly tell: (text: string) => void
  /** Styles for stdout. */
  readonly out: Theme
  /** Styles for stderr. */
  readonly err: Theme
}

export function createOutput(context: CommandContext, settings: OutputSettings): Output {
  const { stdout, stderr, isTerminal, env } = context
  const themeOf = (stream: object, terminal: boolean): Theme =>
    createTheme(wantsColors({ isTerminal: terminal }, env, settings.noColor), columnsOf(stream, terminal))
  const tell = (text: string): void => void stderr.write(`${text}\n`)
  return {
    ...settings,
    print: (text) => void stdout.write(`${text}\n`),
    printJson: (value) =>
      void stdout.write(`${JSON.stringify(value, null, isTerminal.stdout ? 2 : undefined)}\n`),
    note: (text) => {
      if (!settings.quiet) tell(text)
    },
    tell,
    out: themeOf(stdout, isTerminal.stdout),
    err: themeOf(stderr, isTerminal.stderr),
  }
}
