/** `agentspec cancel`: ends a run. */
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { personAt } from '../runs/person.ts'

export const defineCancel: DefineCommand = (command, bind) => {
  command
    .description('Ends a run. One that another process drives stops at its next step.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .option('--by <name>', 'who ends it (default: your user name)')
    .option('--reason <text>', 'why, for the record')
  addExamples(command, [['agentspec cancel latest --reason "wrong customer"', 'the run started last']])
  bind(command, cancel)
}

const cancel: Action = async (invocation) => {
  const { args, flags, output } = invocation
  const reason = flags.text('reason')
  return withExistingRuntime(invocation, async (runtime) => {
    const runId = await runtime.findRun(args[0] ?? '')
    const by = flags.text('by') ?? personAt(invocation)
    const result = await runtime.cancel(runId, { by, ...(reason === undefined ? {} : { reason }) })
    if (output.json) output.printJson(result)
    else if (result.status === 'running') output.note(`Run ${runId} ends at its next step.`)
    else output.note(`Run ${runId} is ${result.status}.`)
    return EXIT.done
  })
}
