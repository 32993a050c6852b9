/** `agentspec explain`: a diagnostic, a value, or the decision about a call. */
import { UsageFailure } from '../../runtime/failures.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { listCodes, showCode } from '../explain/show-code.ts'

export const defineExplain: DefineCommand = (command, bind) => {
  command
    .description('Explains a diagnostic, where a value of a spec comes from, or which rule decides a call.')
    .argument(
      '[what]',
      'a CODE, SPEC#/pointer, or a SPEC with --agent and --tool; without it every code is listed',
    )
    .option('--agent <name>', 'the agent that calls')
    .option('--tool <name>', 'the tool that it calls')
    .option('--args <json>', 'with these arguments')
    .option('--context <json>', 'in this context; @FILE reads a file')
  addExamples(command, [
    ['agentspec explain AS3001', 'what a diagnostic means'],
    ['agentspec explain specs/support.yaml#/agents/triage/model', 'where a value comes from'],
    [
      `agentspec explain specs/support.yaml --agent triage --tool cancel_order --args '{"order_id":7,"amount":150}'`,
      'which rule decides a call',
    ],
  ])
  bind(command, explain)
}

const explain: Action = async (invocation) => {
  const { args, flags } = invocation
  const [what] = args
  const [, file, pointer] = /^(.*?)#(.*)$/s.exec(what ?? '') ?? []
  // `--agent` and `--context` may come from the environment, and so do not tell what is asked.
  if (flags.text('tool') !== undefined || flags.text('args') !== undefined) {
    if (what === undefined) throw missingSpec()
    await (await import('../explain/show-call.ts')).showCall(invocation, what)
  } else if (what === undefined) listCodes(invocation)
  else if (file !== undefined && pointer !== undefined) {
    await (await import('../explain/show-value.ts')).showValue(invocation, file, pointer)
  } else if (/\.ya?ml$/i.test(what)) throw onlyAFile(what)
  else await showCode(invocation, what)
  return EXIT.done
}

function missingSpec(): UsageFailure {
  return new UsageFailure(
    'missing_argument',
    'The spec is missing',
    'agentspec explain SPEC --agent NAME --tool NAME --args JSON',
  )
}

function onlyAFile(file: string): UsageFailure {
  return new UsageFailure(
    'missing_argument',
    `What of ${file} is to be explained?`,
    `A value: agentspec explain ${file}#/agents, or a call: agentspec explain ${file} --agent NAME --tool NAME`,
  )
}
