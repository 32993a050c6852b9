/**
 * Requests over `node:http`: less work per request and per streamed chunk than the built-in `fetch`, and no hidden limit on
 * how long a server may think before it answers. They use the global agents, so connections are kept alive, and proxies
 * (`NODE_USE_ENV_PROXY`) and extra certificates work as they do everywhere in Node. Redirects are not followed: a key is
 * never sent to a server nobody named.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'
import { invariant } from '../../../util/invariant.ts'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'

/** An address in the form that `node:http` wants, so that it is taken apart once. */
export type HttpTarget = RequestOptions

export interface HttpOrder {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly signal: AbortSignal | undefined
  /** Fails where it would go out once more: for what must not be done twice, whatever the server has seen. */
  readonly once?: boolean
}

/** @throws TypeError for a text that is no address. */
export function httpTarget(url: string): HttpTarget {
  return urlToHttpOptions(new URL(url))
}

/**
 * Resolves with the answer once its headers are there, whatever its status; its body is to be read or destroyed. An abort
 * rejects with an `AbortError`, or ends the body with one.
 *
 * A server may close a kept-alive connection just as it is used again. It has not seen the request then, so the
 * request goes out once more; this is no attempt of its own.
 */
export async function httpSend(target: HttpTarget, order: HttpOrder): Promise<IncomingMessage> {
  const first = await sendOnce(target, order)
  if (first !== 'stale') return first
  const second = order.once === true ? first : await sendOnce(target, order)
  if (second !== 'stale') return second
  throw Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })
}

function sendOnce(
  target: HttpTarget,
  { method, headers, body, signal }: HttpOrder,
): Promise<IncomingMessage | 'stale'> {
  return new Promise((resolve, reject) => {
    const open = target.protocol === 'https:' ? httpsRequest : httpRequest
    const request = open({ ...target, method, headers })
    if (signal !== undefined) stopWith(request, signal)
    request.once('socket', ignoreErrors)
    request.once('response', resolve)
    request.on('error', (error) => {
      if (isStale(request, error)) resolve('stale')
      else reject(error)
    })
    request.end(body)
  })
}

/** Not by the option `signal`: that watches the end of the request too, which costs more than the rest of this. */
function stopWith(request: ClientRequest, signal: AbortSignal): void {
  const stop = (): void => void request.destroy(abortError())
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop, { once: true })
  request.once('close', () => signal.removeEventListener('abort', stop))
}

/** As Node words it. */
function abortError(): Error {
  const error = new Error('The operation was aborted')
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}

/**
 * Errors of a socket are told to its request. But between the last byte of an answer and its next request a socket has no
 * one to tell, and an abort just then would end the process.
 */
function ignoreErrors(socket: Socket): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
}

function ignore(): void {}

function isStale(request: ClientRequest, error: Error): boolean {
  return request.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
}

/** The headers of an answer. */
export function answeredHeaders(message: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    for (const line of Array.isArray(value) ? value : [value ?? '']) headers.append(name, line)
  }
  return headers
}

/** Bytes kept of the body of an error: enough for any message. */
const ERROR_BODY_BYTES = 65_536

/** The first bytes of a body as text; the rest is not read. */
export async function readStart(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    invariant(Buffer.isBuffer(chunk), 'a body without an encoding comes in buffers')
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= ERROR_BODY_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, ERROR_BODY_BYTES)
}
