/** Everything that can go wrong between us and a model server, as ModelFailure: what may be retried, and words for people. */
import { ModelFailure } from '../../failures.ts'
import { InternalError } from '../../../util/invariant.ts'
import { isJsonObject } from '../../../util/json.ts'
import { retryCauseOf, statusFailure } from '../status-failure.ts'
import { StatusError } from './status-error.ts'
import type { RetryCause } from '../../../compiler/program-models.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { messageOf } from '../../../util/message-of.ts'

export interface FailureContext {
  /** The model and its server, for people. */
  readonly who: string
  /** Never shown, even when the server repeats it. */
  readonly apiKey: string | undefined
  /** Where a wrong key is mended. */
  readonly keyHint: string
}

const LONGEST_MESSAGE = 1500
const LONGEST_QUOTE = 80
const WRONG_ADDRESS = 'is base_url right?'

/**
 * What was thrown instead of sending a request and giving its answer, without the key. A cause it may have is left out
 * where it could quote the key.
 */
export function requestFailure(error: unknown, context: FailureContext): ModelFailure | InternalError {
  const known = toFailure(error, context)
  if (known instanceof ModelFailure || known instanceof InternalError) return known
  const message = messageOf(error)
  return presentable(new ModelFailure(`the request to ${context.who} could not be made: ${message}`), context)
}

/** A failure of the server, the connection or the model, classified and without the key. Anything else is a bug and stays what it is. */
export function toFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof ModelFailure) return presentable(error, context)
  if (error instanceof StatusError) return presentable(answeredFailure(error, context), context)
  return connectionFailure(error, context.who) ?? error
}

/** What the system says about a connection that failed; `null` for any other error. */
export function connectionFailure(error: unknown, who: string): ModelFailure | null {
  const code = firstCode(error)
  if (code === null) return null
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR') {
    return new ModelFailure(`${who} did not answer in time`, { retryable: 'timeout', cause: error })
  }
  const message = `the connection to ${who} failed: ${connectionTrouble(code)}`
  return new ModelFailure(message, { retryable: 'network', cause: error })
}

/** An answer that says what went wrong in its body: `response.failed`, an `error` event, `{ "error": … }` with 200. */
export function reportedFailure(who: string, error: Json | undefined): ModelFailure {
  const code = isJsonObject(error) ? (error['code'] ?? error['type']) : undefined
  const said = saidMessage(error)
  return new ModelFailure(`${who} reported an error: ${said === '' ? JSON.stringify(error ?? null) : said}`, {
    retryable: causeOfCode(code),
    status: typeof code === 'number' ? code : null,
  })
}

/** The server answered 200 with something that is not what the API promises. */
export function malformedFailure(who: string, what: string): ModelFailure {
  return new ModelFailure(`${who} sent a malformed answer: ${what}`)
}

/** A stream or a body that ended before the answer was complete. */
export function cutFailure(who: string, what: string): ModelFailure {
  return new ModelFailure(`the answer of ${who} broke off: ${what}`, { retryable: 'network' })
}

/** The model stopped before it was done. */
export function incompleteFailure(who: string, reason: string): ModelFailure {
  const hint =
    reason === 'length' || reason === 'max_output_tokens' ? ' (max_tokens is too small for this answer)' : ''
  return new ModelFailure(`${who} stopped before its answer was complete: ${reason}${hint}`)
}

/** A page instead of an answer: almost always a wrong address. */
export function htmlFailure(who: string): ModelFailure {
  return new ModelFailure(`${who} answered with HTML, not JSON; ${WRONG_ADDRESS}`)
}

export function looksLikeHtml(mediaType: string, text: string): boolean {
  return mediaType === 'text/html' || text.trimStart().startsWith('<')
}

function answeredFailure(error: StatusError, { who, keyHint }: FailureContext): ModelFailure {
  const { status, headers } = error
  if (status >= 300 && status < 400) {
    const target = headers.get('location') ?? 'another address'
    return statusFailure(who, { status, message: `a redirect to ${target}`, hint: WRONG_ADDRESS })
  }
  const said = saidMessage(toJson(error.error)) || error.message
  const html = looksLikeHtml('', said)
  const lost = status === 404 && (html || said === '')
  const hint = status === 401 ? keyHint : lost ? WRONG_ADDRESS : undefined
  return statusFailure(who, {
    status,
    message: html ? 'an HTML page' : said,
    retryAfter: retryAfterOf(headers),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Milliseconds of `retry-after-ms`, or of `Retry-After` in seconds or as a date; `null` when neither is usable. */
export function retryAfterOf(headers: Headers, now: number = Date.now()): number | null {
  const exact = numberOf(headers.get('retry-after-ms'))
  if (exact !== null) return exact
  const value = headers.get('retry-after')
  const seconds = numberOf(value)
  if (seconds !== null) return Math.ceil(seconds * 1000)
  const date = value !== null && /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function numberOf(text: string | null): number | null {
  const number = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? number : null
}

/** The message in the shapes servers use: `{ message }`, `{ error: { message } }`, `{ detail }`, a text. */
function saidMessage(error: Json | undefined): string {
  if (typeof error === 'string') return error
  if (!isJsonObject(error)) return ''
  const said = error['message'] ?? error['error'] ?? error['detail']
  if (typeof said === 'string') return said
  return isJsonObject(said) ? saidMessage(said) : said === undefined ? '' : JSON.stringify(said)
}

function toJson(value: unknown): Json | undefined {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? value : undefined
}

function causeOfCode(code: Json | undefined): RetryCause | null {
  if (typeof code === 'number') return retryCauseOf(code)
  if (code === 'rate_limit_exceeded' || code === 'rate_limit_error') return 'rate_limit'
  return code === 'server_error' || code === 'internal_server_error' || code === 'overloaded_error'
    ? 'server_error'
    : null
}

/**
 * The system's code of a failed connection, which may be wrapped. A `TypeError` with a code is about a request that could
 * not even be written.
 */
function firstCode(error: unknown): string | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 8;
    current = current.cause, depth++
  ) {
    if (current instanceof TypeError) return null
    if ('code' in current && typeof current.code === 'string') return current.code
  }
  return null
}

const TROUBLES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it was closed',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  ERR_STREAM_PREMATURE_CLOSE: 'it was closed',
}

function connectionTrouble(code: string): string {
  const words = TROUBLES[code]
  return words === undefined ? code : `${words} (${code})`
}

/** Without the key, whoever repeated it, and not longer than a person reads. */
export function presentable(failure: ModelFailure, context: FailureContext): ModelFailure {
  const message = clip(redact(failure.message, context), LONGEST_MESSAGE)
  if (message === failure.message) return failure
  const { code, retryable, status, retryAfter } = failure
  return new ModelFailure(message, { code, retryable, status, retryAfter })
}

function redact(text: string, { apiKey }: FailureContext): string {
  return apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '[redacted:api_key]')
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

/**
 * A JSON object out of a body or an event that should be one.
 *
 * @throws ModelFailure when it is anything else.
 */
export function parseObject(text: string, context: FailureContext): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if (text.trim() === '') throw malformedFailure(context.who, 'it is empty')
    throw malformedFailure(context.who, `not JSON: ${quote(text, context)}`)
  }
  if (isJsonObject(value)) return value
  throw malformedFailure(context.who, `a JSON object was expected, not ${quote(text, context)}`)
}

function quote(text: string, context: FailureContext): string {
  return JSON.stringify(clip(redact(text, context), LONGEST_QUOTE))
}
