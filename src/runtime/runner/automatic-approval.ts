/** Functions of the spec that may decide about a call in place of a person: `on_approval`. */
import { isJsonObject } from '../../util/json.ts'
import type { ToolDefinition } from '../../compiler/program.ts'
import { isAboutStarted } from '../approvals/about-started.ts'
import { viewCall } from '../approvals/call-view.ts'
import { RunFailure } from '../failures.ts'
import type { EventDraft } from '../state/event-draft.ts'
import { frameAt } from '../state/run-state.ts'
import type { RequestState } from '../state/run-state.ts'
import { callHandler } from './call-handler.ts'
import { jsonFrom } from './handler-value.ts'
import { pathOf } from './run-context.ts'
import type { RunContext } from './run-context.ts'

/**
 * The decisions of the functions about these requests. Whatever else a function gives, or a failure of it, leaves the
 * request to a person; of a failure `warn` is told. What became of a call in doubt only a person may say.
 */
export async function decideByHandlers(
  run: RunContext,
  requests: readonly RequestState[],
  warn: (message: string) => void,
): Promise<readonly EventDraft[]> {
  const decisions = await Promise.all(requests.map((request) => decideByHandler(run, request, warn)))
  return decisions.filter((decision) => decision !== null)
}

async function decideByHandler(
  run: RunContext,
  request: RequestState,
  warn: (message: string) => void,
): Promise<EventDraft | null> {
  const reference = isAboutStarted(request.kind) ? null : handlerFor(run, request)
  if (reference === null) return null
  const { interruption, tool_identity } = request
  const { call_id, tool, server, agent } = interruption
  const source = { what: `on_approval of ${tool}`, handler: reference, agent }
  try {
    const given = await callHandler(run, reference, source, (ctx) => [
      structuredClone(interruption),
      { ...ctx, tool, server, call_id },
    ])
    const verdict = given === undefined ? null : jsonFrom(run, given, source)
    if (!isJsonObject(verdict) || typeof verdict['approve'] !== 'boolean') return null
    // A spec's own yes is worth nothing where the user wants to be asked.
    if (verdict['approve'] && run.userAsks) return null
    const reason = typeof verdict['reason'] === 'string' ? verdict['reason'] : ''
    return {
      type: 'approval.decided',
      ...pathOf(interruption),
      request: interruption.request,
      call_id,
      decision: verdict['approve'] ? 'approve' : 'reject',
      always: false,
      by: reference,
      ...(reason === '' ? {} : { reason }),
      ...(reason === '' || verdict['approve'] ? {} : { message: reason }),
      digest: interruption.digest,
      tool_identity,
    }
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    warn(`${error.message}; a person has to decide`)
    return null
  }
}

function handlerFor(run: RunContext, { interruption }: RequestState): string | null {
  const { path, call_id } = interruption
  const call = frameAt(run.writer.state, path).calls.find((one) => one.call_id === call_id)
  const view = call === undefined ? null : viewCall(run.spec.program, call)
  return view === null ? null : onApprovalOf(view.tool)
}

function onApprovalOf(tool: ToolDefinition): string | null {
  return 'on_approval' in tool && tool.on_approval !== undefined ? tool.on_approval.handler : null
}
