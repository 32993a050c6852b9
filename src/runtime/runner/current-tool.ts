/** A call of a tool of an MCP server, seen with the tool as it is now: its server may have changed it while the call waited. */
import { viewCall } from '../approvals/call-view.ts'
import type { CallView } from '../approvals/call-view.ts'
import { RunFailure } from '../failures.ts'
import { ruleName } from '../tools/mcp-tool.ts'
import { notRun } from './call-drafts.ts'
import type { CallStep } from './call-drafts.ts'
import type { RunContext } from './run-context.ts'

/** The call to plan, or what becomes of it where its tool is gone or its server cannot be reached. */
export async function currentView(run: RunContext, view: CallView): Promise<CallView | CallStep> {
  const { call, tool } = view
  if (tool.type !== 'mcp' || call.mcp === null || !mayRun(run, view)) return view
  try {
    const now = await run.mcp.tool(tool.server, tool.name, run.signal)
    if (now === null) return notRun(view, 'not_found', `Tool '${ruleName(tool)}' not found.`, null)
    const { definition } = now
    const description = run.spec.redactor.text(now.description)
    const parameters = run.spec.redactor.json(now.parameters)
    const mcp = { ...call.mcp, definition, description, parameters }
    return viewCall(run.spec.program, { ...call, mcp }) ?? view
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    return { type: 'failure', failure: error }
  }
}

/** Whether planning may begin the body, or look at what was decided about tools like it. */
function mayRun({ writer: { state } }: RunContext, { call, identity, tool }: CallView): boolean {
  const request = call.request === null ? undefined : state.requests.get(call.request)
  switch (call.status) {
    case 'open':
      return true
    case 'pending':
      return state.sticky.has(identity)
    case 'decided':
      if (request?.kind === 'elicitation') return true
      return request?.decision?.decision === 'approve' && request.decision.result === undefined
    default:
      return tool.on_unknown === 'retry' && !call.must_ask
  }
}
