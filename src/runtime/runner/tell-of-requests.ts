/** Tells whoever the spec names that a run waits for a person: `approvals.notify`. */
import { messageOf } from '../../util/message-of.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { createAddressJudge } from '../tools/http/address-guard.ts'
import { sendRequest } from '../tools/http/send-request.ts'
import type { RequestState } from '../state/run-state.ts'
import { callHandler } from './call-handler.ts'
import type { RunContext } from './run-context.ts'

/** Milliseconds that telling of one request may take: a run does not wait longer before it says that it is paused. */
const MOST_TIME = 10_000

/**
 * Resolves once everybody was told, or could not be: a failure is a warning. Every request is told of before the first pause
 * that reports it, again after a crash in between.
 */
export async function tellOfRequests(
  run: RunContext,
  requests: readonly RequestState[],
  warn: (message: string) => void,
): Promise<void> {
  if (run.spec.program.approvals.notify === undefined) return
  await Promise.all(requests.map((request) => tellOf(run, request, warn)))
}

async function tellOf(
  run: RunContext,
  request: RequestState,
  warn: (message: string) => void,
): Promise<void> {
  const limit = AbortSignal.timeout(MOST_TIME)
  const signal = AbortSignal.any([run.signal, limit])
  try {
    await untilAborted(tell(run, request, signal), signal)
  } catch (error) {
    run.signal.throwIfAborted()
    const why = limit.aborted ? `it took more than ${MOST_TIME / 1000} seconds` : messageOf(error)
    warn(run.spec.redactor.text(`approvals.notify was not told of ${request.interruption.tool}: ${why}`))
  }
}

async function tell(run: RunContext, request: RequestState, signal: AbortSignal): Promise<void> {
  const { notify } = run.spec.program.approvals
  if (notify === undefined) return
  const message = messageAbout(run, request)
  if ('url' in notify) return post(notify, message, signal)
  const { agent } = request.interruption
  await callHandler({ ...run, signal }, notify.handler, { what: 'approvals.notify', agent }, (ctx) => [
    structuredClone(message),
    ctx,
  ])
}

/** The interruption, and which run it is of. */
function messageAbout(run: RunContext, { interruption, rule }: RequestState): object {
  const { run_id, session } = run.writer.state
  const { name, version, hash } = run.spec.reference
  return { ...interruption, rule, run_id, spec: { name, version, hash }, session_id: session?.id ?? null }
}

async function post(
  {
    url,
    allow_private_addresses: isPrivateAllowed,
  }: { readonly url: string; readonly allow_private_addresses: boolean },
  message: object,
  signal: AbortSignal,
): Promise<void> {
  const { response, request } = await sendRequest(
    {
      url: new URL(url),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    },
    { isPrivate: isPrivateAllowed ? null : createAddressJudge(), signal },
  )
  response.destroy()
  const { statusCode = 0 } = response
  if (statusCode < 200 || statusCode > 299) {
    throw new Error(`${request.url.origin} answered with status ${statusCode}`)
  }
}
