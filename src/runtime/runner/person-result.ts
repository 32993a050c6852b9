/** A person says that a call in doubt did happen, with this result: it is guarded like the result of its body. */
import type { CallView } from '../approvals/call-view.ts'
import { aboutCall } from '../approvals/call-view.ts'
import { guardResult } from '../guardrails/guard-result.ts'
import type { EventOf } from '../state/events.ts'
import { outputOf } from '../tools/tool-output.ts'
import type { CallStep } from './call-drafts.ts'
import type { RunContext } from './run-context.ts'

export async function completedByPerson(
  run: RunContext,
  view: CallView,
  decision: EventOf<'approval.decided'>,
): Promise<CallStep> {
  const done = { call: view.call, tool: view.tool, arguments: view.arguments ?? {} }
  const said = { output: outputOf(decision.result), is_error: false, duration_ms: 0, failure: null }
  const { failure, tripped = [], ...outcome } = await guardResult(run, done, said)
  return {
    type: 'draft',
    draft: {
      type: 'tool.completed',
      ...aboutCall(view),
      arguments: view.shown,
      decision: decision.seq,
      ...outcome,
    },
    tripped,
    ...(failure === null ? {} : { failure }),
  }
}
