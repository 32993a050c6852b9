/** `fetch` over our own HTTP requests, for clients that want one. See http-send.ts for what it does differently. */
import { invariant } from '../../../util/invariant.ts'
import { answeredHeaders, httpSend, httpTarget, readStart } from './http-send.ts'
import type { IncomingMessage } from 'node:http'

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
      const response = new Response(body === '' ? null : body, { status, headers: answeredHeaders(message) })
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

function send(url: string | URL | Request, init: RequestInit): Promise<IncomingMessage> {
  const { body, method = 'GET', signal } = init
  invariant(
    typeof url === 'string' && (body === undefined || typeof body === 'string'),
    'a url and a body as text',
  )
  const headers = Object.fromEntries(new Headers(init.headers))
  return httpSend(httpTarget(url), { method, headers, body, signal: signal ?? undefined })
}
