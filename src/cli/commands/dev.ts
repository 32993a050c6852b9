/** `agentspec dev`: a chat with a spec that is being edited. */
import { UsageFailure } from '../../runtime/failures.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { devChat } from '../dev/chat.ts'
import { commandTracing } from '../runs/command-tracing.ts'
import { createDriver } from '../runs/driver.ts'
import { withRuntime } from '../runs/open-runtime.ts'
import { addRunFlags, readRunSettings } from '../runs/run-settings.ts'

export const defineDev: DefineCommand = (command, bind) => {
  command
    .description(
      'Chats with a spec while you edit it: each save takes effect with the next turn, and the conversation stays.',
    )
    .argument('<spec>', 'the spec to run')
    .option('--session <id>', 'the conversation to go on with')
    .option('--agent <name>', 'the agent to start with')
  addRunFlags(command)
  addExamples(command, [
    ['agentspec dev specs/support.yaml', 'edit it in another window'],
    ['agentspec dev specs/support.yaml --session customer-12', 'in a conversation that is kept'],
  ])
  bind(command, dev)
}

const dev: Action = async (invocation) => {
  const { args, context } = invocation
  const settings = await readRunSettings(invocation)
  if (!context.isTerminal.stdin || !context.isTerminal.stderr || settings.shows !== 'text') {
    throw new UsageFailure(
      'no_terminal',
      'A chat needs a terminal, and is for a person',
      'agentspec run SPEC "…" runs a spec for a program',
    )
  }
  return withRuntime(
    invocation,
    (runtime) => devChat(createDriver(runtime, invocation, settings), args[0] ?? ''),
    commandTracing(invocation),
  )
}
