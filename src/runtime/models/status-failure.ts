/** What an HTTP status means for a model call: the same for every provider, and for the scripted one. */
import { ModelFailure } from '../failures.ts'
import type { RetryCause } from '../../compiler/program-models.ts'

/** The cause a retry policy can allow; `null` when the same request would fail the same way again. */
export function retryCauseOf(status: number): RetryCause | null {
  if (status === 429) return 'rate_limit'
  if (status === 408) return 'timeout'
  return status >= 500 ? 'server_error' : null
}

/**
 * The failure for an answer with an error status.
 *
 * @param who the model and its server, for people
 * @param details.retryAfter milliseconds
 */
export function statusFailure(
  who: string,
  details: { status: number; message: string; retryAfter?: number | null; hint?: string },
): ModelFailure {
  const said = details.message === '' ? '' : `: ${details.message}`
  const hint = details.hint === undefined ? '' : ` (${details.hint})`
  return new ModelFailure(`${who} answered ${details.status}${said}${hint}`, {
    status: details.status,
    retryable: retryCauseOf(details.status),
    retryAfter: details.retryAfter ?? null,
  })
}
