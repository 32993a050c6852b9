/** `agentspec fork`: a new run from a point in the journal of another one. */
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { followUp, withExistingRuntime } from '../runs/open-runtime.ts'
import { countValue } from '../values.ts'

export const defineFork: DefineCommand = (command, bind) => {
  command
    .description('Starts a new run from a point in the journal of another one.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .requiredOption(
      '--at <seq>',
      'the last event that the two have in common; agentspec show --events lists them',
    )
  addExamples(command, [['agentspec fork run_01j --at 12', 'as it was after event 12']])
  bind(command, fork)
}

const fork: Action = async (invocation) => {
  const { args, flags, output } = invocation
  const at = countValue('--at', flags.text('at') ?? '', 1)
  return withExistingRuntime(invocation, async (runtime) => {
    const forked = await runtime.fork(await runtime.findRun(args[0] ?? ''), at)
    if (output.json) output.printJson(forked)
    else output.print(forked.run_id)
    output.note(`${followUp(invocation, `resume ${forked.run_id}`)} goes on with it`)
    return EXIT.done
  })
}
