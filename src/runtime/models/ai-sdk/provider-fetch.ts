/**
 * The `fetch` that provider packages are given, so that their requests obey the same rules as ours: no redirects, no
 * hidden limits on time, a limit on size, and every sign of life is told.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { ReadableStream } from 'node:stream/web'
import type { Json, JsonObject } from '../../../util/json.ts'
import { readChunks } from '../openai/answer.ts'
import type { Reading } from '../openai/answer.ts'
import { htmlFailure } from '../openai/failures.ts'
import type { FailureContext } from '../openai/failures.ts'
import { createHttpFetch } from '../openai/http-fetch.ts'

/** What the requests of one model call have to know. */
export interface ProviderCall {
  readonly onActivity: () => void
  /** Added to the address of each request (`extra_query`). */
  readonly query: JsonObject
}

export interface ProviderFetch {
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Runs `work`: the requests made in it belong to this call. */
  within<T>(call: ProviderCall, work: () => Promise<T>): Promise<T>
}

/**
 * A `fetch` for one model.
 *
 * @throws ModelFailure (from `fetch`, or while the body is read) for a page instead of an answer, and for an answer that is
 *   larger than `maxBytes`; errors of the connection as Node reports them.
 */
export function createProviderFetch(context: FailureContext, maxBytes: number): ProviderFetch {
  const http = createHttpFetch()
  const calls = new AsyncLocalStorage<ProviderCall>()
  return {
    within: (call, work) => calls.run(call, work),
    fetch: async (input, init = {}) => {
      const call = calls.getStore()
      const response = await http.fetch(addressOf(input, call?.query ?? {}), init)
      call?.onActivity()
      if (!response.ok) return response
      const body = http.bodyOf(response)
      const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
      if (mediaType.trim().toLowerCase() === 'text/html') {
        body.destroy()
        throw htmlFailure(context.who)
      }
      const { status, headers } = response
      if (status === 204 || status === 205) {
        body.destroy()
        return response
      }
      const onActivity = call?.onActivity ?? (() => {})
      return answer({ answer: { mediaType, body }, context, maxBytes, onActivity }, { status, headers })
    },
  }
}

function answer(reading: Reading, init: ResponseInit): Response {
  return new Response(ReadableStream.from(readChunks(reading)), init)
}

function addressOf(input: string | URL | Request, query: JsonObject): string {
  const url = new URL(input instanceof Request ? input.url : input)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, textOf(value))
  return url.href
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
