/** Who answers when nobody is there: `--approvals deny | fail | allow`. Never allows what only a person may. */
import { isAboutStarted } from '../approvals/about-started.ts'
import { RunFailure } from '../failures.ts'
import type { RequestState } from '../state/run-state.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'

/**
 * The decisions for these requests; none when the run pauses instead.
 *
 * @throws RunFailure `approval_denied_unattended` with `fail`.
 */
export function decideUnattended(run: RunContext, requests: readonly RequestState[]): readonly EventDraft[] {
  switch (run.unattended) {
    case 'pause':
      return []
    case 'allow':
      return requests
        .filter((request) => !isAboutStarted(request.kind))
        .map((request) => decision(run, request, 'approve'))
    case 'deny':
      return requests.map((request) => decision(run, request, 'reject'))
    case 'fail': {
      const [first] = requests
      if (first === undefined) return []
      const { agent, tool, call_id } = first.interruption
      throw new RunFailure({
        code: 'approval_denied_unattended',
        message: `${tool} ${NEEDS[first.kind] ?? 'needs approval'}, and this run fails instead of asking (--approvals fail)`,
        agent,
        tool,
        call_id,
      })
    }
  }
}

const NEEDS: Partial<Readonly<Record<RequestState['kind'], string>>> = { elicitation: 'asks a question' }

function decision(run: RunContext, request: RequestState, verdict: 'approve' | 'reject'): EventDraft {
  const { interruption } = request
  return {
    type: 'approval.decided',
    ...pathOf(interruption),
    request: interruption.request,
    call_id: interruption.call_id,
    decision: verdict,
    always: false,
    by: `agentspec --approvals ${run.unattended}`,
    digest: interruption.digest,
    tool_identity: request.tool_identity,
  }
}
