/** What the model is told of a rejected call when whoever rejected it said nothing: `approvals.rejection_message`. */
import { digestOf } from '../approvals/call-view.ts'
import type { CallView } from '../approvals/call-view.ts'
import { RunFailure } from '../failures.ts'
import { callHandler } from './call-handler.ts'
import { jsonFrom } from './handler-value.ts'
import type { RunContext } from './run-context.ts'

const DEFAULT_TEXT = 'Tool execution was not approved.'

/**
 * The text of the spec, or what its function makes of the call. A function that fails, or gives no text, leaves the default
 * (openai-agents does the same): the call stays rejected in any case.
 */
export async function rejectionText(run: RunContext, view: CallView): Promise<string> {
  const rule = run.spec.program.approvals.rejection_message
  // A provider has words of its own for what it was not allowed to run.
  const fallback = view.tool.type === 'hosted_mcp' ? '' : DEFAULT_TEXT
  if (rule === undefined || typeof rule === 'string') return rule ?? fallback
  const source = { what: 'approvals.rejection_message', handler: rule.handler, agent: view.call.agent }
  try {
    const given = await callHandler(run, rule.handler, source, (ctx) => [
      structuredClone(rejectedCall(run, view)),
      { ...ctx, tool: view.name, call_id: view.call.call_id },
    ])
    const text = jsonFrom(run, given, source)
    return typeof text === 'string' ? text : fallback
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    return fallback
  }
}

/** The request as it was asked; the same of a call that a rule or an earlier decision rejects without asking. */
function rejectedCall(run: RunContext, view: CallView): object {
  const { call, kind, path, shown } = view
  const request = call.request === null ? undefined : run.writer.state.requests.get(call.request)
  if (request !== undefined) return request.interruption
  const { call_id, agent } = call
  const asked = { request: null, requested_at: null, expires_at: null }
  return {
    ...asked,
    call_id,
    kind,
    agent,
    tool: view.name,
    server: view.server,
    arguments: shown,
    path,
    digest: digestOf(view),
  }
}
