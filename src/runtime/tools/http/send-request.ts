/** Sends one request, and follows redirects as far as that is safe: each is judged like a request of its own. */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { guardedLookup, PrivateAddress, refusePrivateHost } from './address-guard.ts'
import type { AddressJudge } from './address-guard.ts'
import type { HttpRequest } from './render-request.ts'

export interface SendOptions {
  /** Addresses that are not called; `null`: all may be. */
  readonly isPrivate: AddressJudge | null
  readonly signal: AbortSignal
}

/** A request and what came back; the body is still to be read, or destroyed. */
export interface Exchange {
  readonly request: HttpRequest
  readonly response: IncomingMessage
}

const maxRedirects = 5

/** @throws Error when there is no answer, or a redirect that is not followed. The message names hosts, never more. */
export async function sendRequest(first: HttpRequest, options: SendOptions): Promise<Exchange> {
  for (let request = first, redirects = 0; ; redirects += 1) {
    const response = await sendOnce(request, options)
    const target = redirectTarget(request, response)
    if (target === null) return { request, response }
    response.destroy()
    if (redirects === maxRedirects)
      throw new Error(`${first.url.origin} redirects more than ${maxRedirects} times`)
    request = redirected(request, target, response.statusCode ?? 0)
  }
}

async function sendOnce(request: HttpRequest, options: SendOptions): Promise<IncomingMessage> {
  options.signal.throwIfAborted()
  try {
    return await open(request, options)
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof PrivateAddress) throw error
    throw new Error(`The request to ${request.url.origin} failed: ${reasonOf(error)}`, { cause: error })
  }
}

function open({ url, method, headers, body }: HttpRequest, options: SendOptions): Promise<IncomingMessage> {
  const { isPrivate, signal } = options
  if (isPrivate !== null) refusePrivateHost(url, isPrivate)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method,
      headers: {
        'user-agent': 'agentspec',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br',
        ...headers,
        connection: 'close',
      },
      signal,
      // A connection of its own: no proxy stands between the address that was judged and the one that is called. Where
      // private networks are allowed, proxies (`NODE_USE_ENV_PROXY`) work as they do everywhere in Node.
      ...(isPrivate === null ? {} : { agent: false, lookup: guardedLookup(isPrivate) }),
    })
    request.once('response', resolve)
    request.on('error', reject)
    if (body === null) request.end()
    else request.setHeader('content-length', Buffer.byteLength(body)).end(body)
  })
}

/** A name with several addresses fails with an error for each of them, and none of its own. */
function reasonOf(error: unknown): string {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error
  return one instanceof Error && one.message !== '' ? one.message : String(one)
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function redirectTarget({ url }: HttpRequest, { statusCode = 0, headers }: IncomingMessage): URL | null {
  if (!redirecting.has(statusCode) || headers.location === undefined) return null
  const target = URL.parse(headers.location, url.href)
  if (target === null) throw new Error(`${url.origin} redirects to something that is no URL`)
  return target
}

/**
 * The next request. Another origin gets nothing that was meant for this one: no headers of the spec, and nothing that
 * changes something, which was approved for where the spec sends it.
 */
function redirected(request: HttpRequest, target: URL, status: number): HttpRequest {
  const { url } = request
  const isHttp = target.protocol === 'http:' || target.protocol === 'https:'
  if (!isHttp || (url.protocol === 'https:' && target.protocol === 'http:')) {
    throw new Error(
      `${url.origin} redirects to the scheme ${target.protocol} which is not followed from ${url.protocol}`,
    )
  }
  const next = withMethod(request, status)
  if (target.origin === url.origin) return { ...next, url: target }
  if (!safe.has(next.method)) {
    throw new Error(
      `${url.origin} redirects a ${next.method} request to ${target.origin}: it is not sent on to another origin`,
    )
  }
  return { ...next, url: target, headers: {}, body: null }
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** As browsers and `fetch` do: 303 asks for the answer elsewhere; 301 and 302 do for a POST. */
function withMethod(request: HttpRequest, status: number): HttpRequest {
  const { method } = request
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST')
  if (!becomesGet || method === 'GET') return request
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith('content-'))
  return { ...request, method: 'GET', headers: Object.fromEntries(headers), body: null }
}
