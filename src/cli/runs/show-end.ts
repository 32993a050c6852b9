/** What a command that drove a run prints when it ends: the answer or the result, and how to go on. */
import type { RunResult } from '../../runtime/run-result.ts'
import { exitCodeOf } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { finalOutputText, saysTheSame } from '../render/final-output.ts'
import { nextSteps } from '../render/next-steps.ts'
import { usageLine } from '../render/usage-line.ts'
import { printable } from '../terminal/printable.ts'
import type { Driver } from './driver.ts'
import { followUp } from './open-runtime.ts'
import { waitingCalls } from './waiting-calls.ts'

/** Shows the end of a run, and returns its exit code. */
export async function showEnd(driver: Driver, result: RunResult): Promise<ExitCode> {
  const { invocation, settings } = driver
  const { output, context } = invocation
  if (settings.shows === 'json') output.printJson(result)
  else if (settings.shows === 'events') context.stdout.write(`${JSON.stringify(result)}\n`)
  else if (result.status === 'completed') showAnswer(driver, result)
  if (settings.shows === 'text') output.note(output.err.dim(usageLine(result)))
  await tellRest(driver, result)
  return exitCodeOf(result.status)
}

/** A streamed answer is on the screen already. */
function showAnswer(driver: Driver, result: RunResult): void {
  const { output, context } = driver.invocation
  if (context.isTerminal.stdout && saysTheSame(driver.printer.shownText(), result.final_output)) return
  const text = finalOutputText(result.final_output)
  output.print(context.isTerminal.stdout ? printable(text) : text)
}

async function tellRest(driver: Driver, result: RunResult): Promise<void> {
  const { output } = driver.invocation
  const theme = output.err
  const command = (words: string): string => followUp(driver.invocation, words)
  if (result.status === 'failed' && result.error !== null) {
    const { code, message } = result.error
    output.tell(`${theme.bold(theme.red('error:'))} ${printable(message)} ${theme.dim(`(${code})`)}`)
    const retry = retryCommand(result)
    if (retry !== null)
      output.tell(`  ${theme.cyan('hint:')} ${command(retry)} tries again from its last step`)
  }
  if (result.status === 'cancelled') output.tell(`Run ${result.run_id} was cancelled.`)
  const waiting = result.status === 'paused' ? await waitingCalls(driver.runtime.store, result.run_id) : []
  for (const line of nextSteps(result, waiting, { theme, command })) output.tell(line)
}

/** `null` when trying again cannot help. */
function retryCommand(result: RunResult): string | null {
  switch (result.error?.code) {
    case 'guardrail_tripped':
    case 'approval_denied_unattended':
    case 'tool_outcome_unknown':
      return null
    case 'lock_drift':
      return `resume ${result.run_id} --accept-drift`
    case 'max_turns_exceeded':
      return `resume ${result.run_id} --max-turns ${result.turns * 2}`
    default:
      return `resume ${result.run_id}`
  }
}
