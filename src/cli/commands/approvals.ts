/** `agentspec approvals`: every call that waits for a person, over all runs. */
import type { ListedRun } from '../../runtime/store/run-store.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { specName } from '../render/names.ts'
import { approvingCommands, waitingLines } from '../render/next-steps.ts'
import { followUp, withExistingRuntime } from '../runs/open-runtime.ts'
import { waitingRuns } from '../runs/waiting-runs.ts'
import { watchApprovals } from '../runs/watch-approvals.ts'
import { ageOf, shortDuration } from '../terminal/age.ts'
import { printableLine } from '../terminal/printable.ts'

export const defineApprovals: DefineCommand = (command, bind) => {
  command
    .description(
      'Lists the calls that wait for approval: who asks for what, with which arguments, and which rule asks.',
    )
    .option('--watch', 'say it anew whenever it changes, until Ctrl-C; with --json one object a line')
  addExamples(command, [
    ['agentspec approvals', 'what waits'],
    ['agentspec approvals --watch', 'and what comes to wait'],
    ['agentspec approvals --json | jq -r ".approvals[].run_id"', 'for a program'],
  ])
  bind(command, approvals)
}

const approvals: Action = async (invocation) => {
  const { flags, context, output } = invocation
  if (!flags.has('watch')) {
    printWaiting(invocation, await withExistingRuntime(invocation, waitingRuns))
    return EXIT.done
  }
  await watchApprovals(invocation, (waiting) => {
    if (output.json) return void context.stdout.write(`${JSON.stringify(inboxOf(waiting))}\n`)
    if (context.isTerminal.stdout) context.stdout.write(CLEAR_SCREEN)
    printWaiting(invocation, waiting)
    output.note(output.err.dim('watching; Ctrl-C ends'))
  })
  return EXIT.done
}

/** Everything that is on the screen, what has scrolled away, and the cursor to the top. */
const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H'

function printWaiting(invocation: Invocation, waiting: readonly ListedRun[]): void {
  const { output } = invocation
  if (output.json) output.printJson(inboxOf(waiting))
  else if (waiting.length === 0) output.print('Nothing waits for approval.')
  else output.print(waiting.map((run) => runBlock(invocation, run, new Date())).join('\n\n'))
}

function inboxOf(waiting: readonly ListedRun[]): object {
  return { approvals: waiting.flatMap(approvalsOf) }
}

function approvalsOf({ run_id, spec, session_id, interruptions }: ListedRun): readonly object[] {
  return interruptions.map(({ rule, ...interruption }) => ({
    ...interruption,
    run_id,
    spec,
    session_id,
    rule,
  }))
}

function runBlock(invocation: Invocation, run: ListedRun, now: Date): string {
  const { out } = invocation.output
  const session = run.session_id === null ? '' : ` · session ${printableLine(run.session_id)}`
  const lines = run.interruptions.flatMap((call) => {
    const left = call.expires_at === null ? null : Date.parse(call.expires_at) - now.getTime()
    const expiry = left === null ? '' : left > 0 ? ` · expires in ${shortDuration(left)}` : ' · expired'
    return [
      ...waitingLines(call, out),
      `    ${out.dim(`asked ${ageOf(call.requested_at, now)} ago${expiry}`)}`,
    ]
  })
  const commands = approvingCommands(run.run_id, run.interruptions).map(
    (words) => `  ${out.cyan(followUp(invocation, words))}`,
  )
  return [`${out.bold(run.run_id)} ${specName(run.spec)}${session}`, ...lines, ...commands].join('\n')
}
