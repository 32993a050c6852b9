/** Asks the person at the terminal about every call that waits, and records each answer at once. */
import { ConflictFailure, UsageFailure } from '../../runtime/failures.ts'
import type { DecisionOrder } from '../../runtime/approvals/decide.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { askAboutCall } from '../render/approval-prompt.ts'
import type { Answer } from '../render/approval-prompt.ts'
import { toolName } from '../render/next-steps.ts'
import type { WaitingCall } from '../render/next-steps.ts'
import type { Screen } from '../render/screen.ts'
import { printableLine } from '../terminal/printable.ts'
import { personAt } from './person.ts'
import { waitingCalls } from './waiting-calls.ts'

export interface Asking {
  readonly runtime: Runtime
  readonly invocation: Invocation
  readonly screen: Screen
  /** Requests that the person wants to decide later: they are not asked about again. */
  readonly postponed: Set<number>
}

/** True when the run can go on: something was decided, here or by somebody else meanwhile. */
export async function askForDecisions(asking: Asking, runId: string): Promise<boolean> {
  const waiting = await waitingCalls(asking.runtime.store, runId)
  const open = waiting.filter((call) => !asking.postponed.has(call.request))
  const standing = new Map<string, Answer>()
  let decided = waiting.length === 0
  for (const [index, call] of open.entries()) {
    const known = standing.get(scopeOf(call))
    const answer = known ?? (await askUntilAccepted(asking, runId, call, { index, count: open.length }))
    if (answer === 'stop') return false
    if (answer.kind === 'later') {
      asking.postponed.add(call.request)
      continue
    }
    if (known !== undefined) await record(asking, runId, call, known)
    if (answer.always) standing.set(scopeOf(call), answer)
    decided = true
  }
  return decided
}

/** An answer that the runtime refuses (edited arguments that do not fit) is asked for again. */
async function askUntilAccepted(
  asking: Asking,
  runId: string,
  call: WaitingCall,
  position: { readonly index: number; readonly count: number },
): Promise<Answer | 'stop'> {
  const { context, output } = asking.invocation
  for (;;) {
    const answer = await askAboutCall({ context, theme: output.err, call, position })
    if (answer === 'stop' || answer.kind === 'later') return answer
    try {
      await record(asking, runId, call, answer)
      return answer
    } catch (error) {
      if (!(error instanceof UsageFailure)) throw error
      asking.screen.progress(`${output.err.red('✗')} ${error.message}`)
    }
  }
}

/** When somebody else was first, that is said, and their answer stands. */
async function record(asking: Asking, runId: string, call: WaitingCall, answer: Answer): Promise<void> {
  if (answer.kind === 'later') return
  const { kind, ...rest } = answer
  const order: DecisionOrder = {
    calls: [`#${call.request}`],
    decision: kind,
    by: personAt(asking.invocation),
    ...rest,
  }
  try {
    await asking.runtime.decide(runId, order)
  } catch (error) {
    if (!(error instanceof ConflictFailure)) throw error
    asking.screen.progress(asking.invocation.output.err.yellow(printableLine(error.message)))
  }
}

/** An answer for always also answers the other calls of the same tool by the same agent. */
function scopeOf(call: WaitingCall): string {
  return JSON.stringify([call.kind, call.agent, toolName(call)])
}
