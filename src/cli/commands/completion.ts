/** `agentspec completion`: what a shell needs to complete commands, their flags, and files. */
import { Command } from 'commander'
import { addExamples } from '../command.ts'
import type { Action, CommandRow, DefineCommand } from '../command.ts'
import { completionScript, SHELLS } from '../completion/scripts.ts'
import type { CommandWords } from '../completion/scripts.ts'
import { EXIT } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'

/** The command, for these commands. */
export function completionOf(rows: readonly CommandRow[]): DefineCommand {
  return (command, bind) => {
    command
      .description('Prints a script that makes a shell complete commands and flags.')
      .argument('<shell>', 'bash, zsh or fish')
    addExamples(command, [
      ['agentspec completion bash >> ~/.bashrc', 'for bash'],
      ['agentspec completion zsh > "${fpath[1]}/_agentspec"', 'for zsh'],
      ['agentspec completion fish > ~/.config/fish/completions/agentspec.fish', 'for fish'],
    ])
    bind(command, printScript(rows))
  }
}

function printScript(rows: readonly CommandRow[]): Action {
  return async ({ args, output, context }) => {
    const shell = oneOf('The shell', args[0] ?? '', SHELLS)
    const commands: CommandWords[] = []
    for (const row of rows) {
      const command = new Command(row.name)
      const define = await row.load()
      define(command, () => {})
      commands.push({ name: row.name, summary: row.summary, words: wordsOf(command) })
    }
    const script = completionScript(shell, commands)
    if (output.json) output.printJson({ shell, script })
    else context.stdout.write(script)
    return EXIT.done
  }
}

/** Its own commands, and the flags of it and of those. */
function wordsOf(command: Command): readonly string[] {
  const flags = [command, ...command.commands].flatMap(({ options }) =>
    options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []),
  )
  return [...new Set([...command.commands.map((sub) => sub.name()), ...flags])]
}
