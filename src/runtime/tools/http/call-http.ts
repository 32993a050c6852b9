/** The body of an HTTP tool: one request, and what came back as the output of the call. */
import type { HttpToolKeys } from '../../../compiler/http-tool.ts'
import type { JsonObject } from '../../../util/json.ts'
import { createAddressJudge } from './address-guard.ts'
import type { HttpRequest } from './render-request.ts'
import { outputOfResponse } from './response-output.ts'
import { sendRequest } from './send-request.ts'

/** Errors are those of `sendRequest` and `outputOfResponse`, and the signal's reason once it is aborted. */
export async function callHttp(
  tool: HttpToolKeys,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<string | JsonObject> {
  const isPrivate = tool.allow_private_addresses ? null : createAddressJudge()
  try {
    const exchange = await sendRequest(request, { isPrivate, signal })
    return await outputOfResponse(exchange, tool.max_response_bytes)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
