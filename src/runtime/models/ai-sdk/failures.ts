/** Everything a provider package can throw or report, as ModelFailure: what may be retried, and words for people. */
import { ModelFailure } from '../../failures.ts'
import { InternalError } from '../../../util/invariant.ts'
import { messageOf } from '../../../util/message-of.ts'
import type { RetryCause } from '../../../compiler/program-models.ts'
import { retryCauseOf, statusFailure } from '../status-failure.ts'
import {
  connectionFailure,
  cutFailure,
  malformedFailure,
  presentable,
  reportedFailure,
  retryAfterOf,
} from '../openai/failures.ts'
import type { FailureContext } from '../openai/failures.ts'
import { jsonObjectOf } from './plain-json.ts'

/**
 * A failure of the provider, the connection or the package. The error itself is not kept as a cause: it holds the whole
 * request. A bug of ours stays what it is.
 */
export function toFailure(error: unknown, context: FailureContext): ModelFailure | InternalError {
  const own = findIn(error, isOwn)
  if (own instanceof InternalError) return own
  return presentable(own ?? classify(error, context), context)
}

/** What a provider reported in the middle of a stream: an error of its own making, or whatever the server sent. */
export function reportedByProvider(error: unknown, context: FailureContext): ModelFailure | InternalError {
  if (error instanceof Error) return toFailure(error, context)
  if (typeof error !== 'object' || error === null) {
    return presentable(reportedFailure(context.who, typeof error === 'string' ? error : null), context)
  }
  const said = jsonObjectOf(error, context.who)
  const { statusCode, isRetryable } = said
  const reported = reportedFailure(context.who, said['message'] === undefined ? (said['data'] ?? said) : said)
  const status = typeof statusCode === 'number' ? statusCode : reported.status
  const retryable = causeOf(status, isRetryable, reported.retryable)
  return presentable(new ModelFailure(reported.message, { retryable, status }), context)
}

function classify(error: unknown, context: FailureContext): ModelFailure {
  const { who, keyHint } = context
  if (isApiCallError(error)) return apiCallFailure(error, context)
  if (isAbort(error)) return new ModelFailure(`${who} did not answer in time`, { retryable: 'timeout' })
  const connection = connectionFailure(error, who)
  if (connection !== null) return connection
  const message = messageOf(error)
  if (isNamed(error, 'AI_LoadAPIKeyError'))
    return new ModelFailure(`${who} has no API key: ${message} (${keyHint})`)
  if (isNamed(error, 'AI_InvalidResponseDataError') && /finish reason/i.test(message))
    return cutFailure(who, message)
  if (MALFORMED.some((name) => isNamed(error, name))) return malformedFailure(who, message)
  if (isNamed(error, 'AI_UnsupportedFunctionalityError')) {
    return new ModelFailure(`${who} cannot take this request: ${message}`)
  }
  return new ModelFailure(`${who} failed: ${message}`)
}

/** The errors of the AI SDK for answers that are not what they should be. */
const MALFORMED = [
  'AI_InvalidResponseDataError',
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_EmptyResponseBodyError',
  'AI_NoContentGeneratedError',
]

interface ApiCallError extends Error {
  readonly statusCode?: number
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly isRetryable?: boolean
}

function apiCallFailure(error: ApiCallError, context: FailureContext): ModelFailure {
  const { who, keyHint } = context
  const { statusCode: status, isRetryable, responseHeaders, message } = error
  const connection = connectionFailure(error.cause, who)
  if (status === undefined) {
    return (
      connection ??
      new ModelFailure(`${who} failed: ${message}`, { retryable: isRetryable ? 'network' : null })
    )
  }
  if (status >= 200 && status < 300) {
    if (connection !== null) return cutFailure(who, connection.message)
    const detail = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return malformedFailure(who, `${message}${detail}`)
  }
  const hint =
    status === 401 ? keyHint : isRedirect(status) ? 'a redirect is not followed; is base_url right?' : null
  const failure = statusFailure(who, {
    status,
    message,
    retryAfter: retryAfterOf(new Headers(responseHeaders)),
    ...(hint === null ? {} : { hint }),
  })
  const { retryAfter } = failure
  const retryable = causeOf(status, isRetryable, null)
  return new ModelFailure(failure.message, { status, retryAfter, retryable })
}

/** The provider knows best whether it makes sense to ask again. */
function causeOf(
  status: number | null,
  isRetryable: unknown,
  otherwise: RetryCause | null,
): RetryCause | null {
  if (isRetryable === false) return null
  const cause = status === null ? otherwise : retryCauseOf(status)
  return cause ?? (isRetryable === true ? 'server_error' : null)
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

function isApiCallError(error: unknown): error is ApiCallError {
  if (!(error instanceof Error) || !isNamed(error, 'AI_APICallError')) return false
  return !('statusCode' in error) || error.statusCode === undefined || typeof error.statusCode === 'number'
}

/** By name, not by class: each package may bring its own copy of the class. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

function isAbort(error: unknown): boolean {
  return isNamed(error, 'AbortError') || isNamed(error, 'TimeoutError')
}

function isOwn(error: unknown): error is ModelFailure | InternalError {
  return error instanceof ModelFailure || error instanceof InternalError
}

/** The error, or one of those that led to it. */
function findIn<E>(error: unknown, is: (candidate: unknown) => candidate is E): E | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 8;
    current = current.cause, depth++
  ) {
    if (is(current)) return current
  }
  return null
}
