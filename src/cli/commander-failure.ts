/** What commander says about a command line, in the words of our other failures. */
import type { CommanderError } from 'commander'
import { UsageFailure } from '../runtime/failures.ts'

/** `error: unknown command 'chek'\n(Did you mean check?)` becomes a message and a hint. `command`: the one that was called. */
export function usageFailure(error: CommanderError, command: string | undefined): UsageFailure {
  const help = `agentspec ${command === undefined ? '' : `${command} `}--help says what there is`
  if (error.code === 'commander.help') return new UsageFailure('invalid_command_line', 'Which command?', help)
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1')
  return new UsageFailure('invalid_command_line', message, suggestion === '' ? help : suggestion)
}
