/** `agentspec approve` and `agentspec reject`: record what a person decided about calls that wait. */
import type { Command } from 'commander'
import type { DecisionOrder, DecisionOutcome } from '../../runtime/approvals/decide.ts'
import { ConflictFailure, UsageFailure } from '../../runtime/failures.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { commandTracing } from '../runs/command-tracing.ts'
import { followUp, withExistingRuntime } from '../runs/open-runtime.ts'
import { personAt } from '../runs/person.ts'
import { resumeAndShow } from '../runs/resume-and-show.ts'
import { addRunFlags, readRunSettings } from '../runs/run-settings.ts'
import type { RunSettings } from '../runs/run-settings.ts'
import { plural } from '../report/check-report.ts'
import { jsonObject, jsonValue } from '../values.ts'

type Verdict = DecisionOrder['decision']

export const defineApprove: DefineCommand = (command, bind) => {
  command.description('Approves calls of a run that wait for a person.')
  addCommonFlags(command)
  command
    .option('--args <json>', 'run the call with these arguments instead')
    .option(
      '--result <json>',
      'the answer to a question of a server; for a call in doubt: it did happen, with this result',
    )
  addRunFlags(command)
  addExamples(command, [
    ['agentspec approve latest --resume', 'the only call that waits in the run started last, and go on'],
    ['agentspec approve run_01j call_2 --args \'{"amount":100}\'', 'one of several, with other arguments'],
  ])
  bind(command, decideAs('approve'), { streamsEvents: true })
}

export const defineReject: DefineCommand = (command, bind) => {
  command.description(
    'Rejects calls of a run that wait for a person. The agent is told, and the run goes on.',
  )
  addCommonFlags(command)
  addRunFlags(command)
  addExamples(command, [
    ['agentspec reject latest --message "Over the limit" --resume', 'the agent is told why, and goes on'],
    ['agentspec reject run_01j --all --always', 'these, and every later call of the same tools in this run'],
  ])
  bind(command, decideAs('reject'), { streamsEvents: true })
}

function addCommonFlags(command: Command): void {
  command
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .argument('[call...]', 'call ids, or "#N" for a request; without any, the only one that waits')
    .option('--all', 'every call that waits')
    .option('--always', 'and every later call of the same tool in this run')
    .option('--message <text>', 'what the agent is told about a rejection')
    .option('--replace', 'change a decision that was not carried out yet')
    .option('--by <name>', 'who decides (default: your user name)')
    .option('--reason <text>', 'why, for the record')
    .option('--resume', 'go on with the run at once')
}

function decideAs(decision: Verdict): Action {
  return async (invocation) => {
    const { args, flags, output } = invocation
    const order = readOrder(invocation, decision)
    const settings = await readRunSettings(invocation)
    const decide = async (runtime: Runtime): Promise<ExitCode> => {
      const runId = await runtime.findRun(args[0] ?? '')
      if (flags.has('resume')) await checkGoesOn(runtime, runId, settings)
      const outcome = await runtime.decide(runId, order)
      if (flags.has('resume')) {
        if (settings.shows === 'text') output.note(output.err.dim(outcomeLine(outcome, order)))
        return resumeAndShow(runtime, invocation, settings, { runId, options: settings.options })
      }
      if (output.json) output.printJson(outcome)
      else printOutcome(invocation, outcome, order)
      return EXIT.done
    }
    return withExistingRuntime(invocation, decide, commandTracing(invocation))
  }
}

/** What keeps the run from going on is found before a decision is recorded; that it has ended is for the decision to say. */
async function checkGoesOn(runtime: Runtime, runId: string, { options }: RunSettings): Promise<void> {
  try {
    await runtime.checkResumption(runId, options)
  } catch (error) {
    if (!(error instanceof ConflictFailure)) throw error
  }
}

function readOrder(invocation: Invocation, decision: Verdict): DecisionOrder {
  const { args, flags } = invocation
  const calls = args.slice(1)
  if (flags.has('all') && calls.length > 0) {
    throw new UsageFailure('invalid_flag', '--all and a list of calls contradict each other', 'Leave one out')
  }
  const approves = decision === 'approve'
  const [edited, result] = approves ? [flags.text('args'), flags.text('result')] : [undefined, undefined]
  const [message, reason] = [flags.text('message'), flags.text('reason')]
  return {
    calls: flags.has('all') ? 'all' : calls,
    decision,
    by: flags.text('by') ?? personAt(invocation),
    always: flags.has('always'),
    replace: flags.has('replace'),
    ...(edited === undefined ? {} : { args: jsonObject('--args', edited) }),
    ...(result === undefined ? {} : { result: jsonValue('--result', result) }),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function printOutcome(invocation: Invocation, outcome: DecisionOutcome, order: DecisionOrder): void {
  const { output } = invocation
  output.print(outcomeLine(outcome, order))
  const rest =
    outcome.pending === 0 ? 'Nothing else waits.' : `${plural(outcome.pending, 'call')} still waiting.`
  output.note(`${rest} To go on: ${output.err.cyan(followUp(invocation, `resume ${outcome.run_id}`))}`)
}

/** `approved call_1 and call_2 of run_…`, or that it had been so. */
function outcomeLine(outcome: DecisionOutcome, order: DecisionOrder): string {
  const verdict = order.decision === 'approve' ? 'approved' : 'rejected'
  const names = outcome.decided.map(
    ({ call_id, already_decided }) => call_id + (already_decided ? ' (already)' : ''),
  )
  return `${verdict} ${names.join(', ')} of ${outcome.run_id}`
}
