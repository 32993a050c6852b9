/**
 * `fetch` over `node:http` for the OpenAI client: less work per request and per streamed chunk than the built-in one,
 * and no hidden limit on how long a server may think before it answers. It uses the global agents, so connections are
 * kept alive, and proxies (`NODE_USE_ENV_PROXY`) and extra certificates work as they do everywhere in Node.
 * Redirects are not followed: a key is never sent to a server nobody named.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { invariant } from '../../../util/invariant.ts'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Bytes kept of the body of an error: enough for any message. */
const ERROR_BODY_BYTES = 65_536

export interface HttpFetch {
  /** Resolves with the status and headers; only the body of an error is inside the `Response`. */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** The body of a successful response, to be read or destroyed by the caller. */
  bodyOf(response: Response): IncomingMessage
}

export function createHttpFetch(): HttpFetch {
  const bodies = new WeakMap<Response, IncomingMessage>()
  return {
    fetch: async (url, init = {}) => {
      const message = await send(url, init)
      const status = message.statusCode ?? 0
      const ok = status >= 200 && status < 300
      const body = ok ? '' : await readStart(message)
      const response = new Response(body === '' ? null : body, { status, headers: headersOf(message) })
      if (ok) bodies.set(response, message)
      return response
    },
    bodyOf: (response) => {
      const body = bodies.get(response)
      invariant(body !== undefined, 'a response without a body of its own')
      return body
    },
  }
}

/**
 * A server may close a kept-alive connection just as it is used again. It has not seen the request then, so the
 * request goes out once more; this is no attempt of its own.
 */
async function send(url: string | URL | Request, init: RequestInit): Promise<IncomingMessage> {
  const first = await sendOnce(url, init)
  if (first !== 'stale') return first
  const second = await sendOnce(url, init)
  if (second !== 'stale') return second
  throw Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })
}

function sendOnce(url: string | URL | Request, init: RequestInit): Promise<IncomingMessage | 'stale'> {
  const { body, method = 'GET', signal } = init
  invariant(
    typeof url === 'string' && (body === undefined || typeof body === 'string'),
    'a url and a body as text',
  )
  return new Promise((resolve, reject) => {
    const open = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = open(url, {
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(signal ? { signal } : {}),
    })
    request.once('socket', ignoreErrors)
    request.once('response', resolve)
    request.on('error', (error) => {
      if (isStale(request, error)) resolve('stale')
      else reject(error)
    })
    request.end(body)
  })
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

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    for (const line of Array.isArray(value) ? value : [value ?? '']) headers.append(name, line)
  }
  return headers
}

/** The first bytes of a body as text; the rest is not read. */
async function readStart(message: IncomingMessage): Promise<string> {
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
