/** `agentspec approvals`: every call that waits for a person, over all runs. */
import { Option } from 'commander'
import type { ListedRun } from '../../runtime/store/run-store.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { refuseFlags } from '../not-supported.ts'
import { specName } from '../render/names.ts'
import { waitingLines } from '../render/next-steps.ts'
import { followUp, withExistingRuntime } from '../runs/open-runtime.ts'
import { ageOf, shortDuration } from '../terminal/age.ts'
import { printableLine } from '../terminal/printable.ts'

export const defineApprovals: DefineCommand = (command, bind) => {
  command
    .description(
      'Lists the calls that wait for approval: who asks for what, with which arguments, and which rule asks.',
    )
    .addOption(new Option('--watch').hideHelp())
  addExamples(command, [
    ['agentspec approvals', 'what waits'],
    ['agentspec approvals --json | jq -r ".approvals[].run_id"', 'for a program'],
  ])
  bind(command, approvals)
}

const approvals: Action = async (invocation) => {
  const { flags, output } = invocation
  refuseFlags(flags, ['watch'])
  return withExistingRuntime(invocation, async (runtime) => {
    const runs = await runtime.list({ status: ['active', 'paused'], limit: Number.MAX_SAFE_INTEGER })
    const waiting = runs.filter((run) => run.interruptions.length > 0).reverse()
    if (output.json) output.printJson({ approvals: waiting.flatMap(approvalsOf) })
    else if (waiting.length === 0) output.print('Nothing waits for approval.')
    else output.print(waiting.map((run) => runBlock(invocation, run, new Date())).join('\n\n'))
    return EXIT.done
  })
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
  const many = run.interruptions.length > 1
  const lines = run.interruptions.flatMap((call) => {
    const left = call.expires_at === null ? null : Date.parse(call.expires_at) - now.getTime()
    const expiry = left === null ? '' : left > 0 ? ` · expires in ${shortDuration(left)}` : ' · expired'
    return [
      ...waitingLines(call, out),
      `    ${out.dim(`asked ${ageOf(call.requested_at, now)} ago${expiry}`)}`,
    ]
  })
  const command = followUp(invocation, `approve ${run.run_id}${many ? ' --all' : ''} --resume`)
  return [`${out.bold(run.run_id)} ${specName(run.spec)}${session}`, ...lines, `  ${out.cyan(command)}`].join(
    '\n',
  )
}
