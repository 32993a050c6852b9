/** Sends requests through the official OpenAI client, which is loaded with the first of them: it takes a while. */
import { lazy } from '../../../util/lazy.ts'
import { createHttpFetch } from './http-fetch.ts'
import type { HttpFetch } from './http-fetch.ts'
import type OpenAI from 'openai'
import type { JsonObject } from '../../../util/json.ts'
import type { Answer } from './answer.ts'

/** Where a model is served, and how to be let in. All values are resolved: no `${VAR}`. */
export interface Connection {
  readonly baseUrl: string
  /** Absent: no `Authorization` header is sent, as local servers need none. */
  readonly apiKey?: string
  readonly organization?: string
  readonly project?: string
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds until the headers of an answer must be there. */
  readonly timeout: number
}

export interface Post {
  readonly path: string
  /** JSON text. */
  readonly body: string
  readonly headers: Readonly<Record<string, string | null>>
  readonly query: JsonObject
  readonly signal: AbortSignal
}

export interface Transport {
  /** One request, never repeated. Rejects for every status but 2xx, with the client's own errors. */
  post(post: Post): Promise<Answer>
}

/** A transport with a client of its own; nothing is loaded or connected before the first `post`. */
export function createTransport(connection: Connection): Transport {
  const http = createHttpFetch()
  const client = lazy(() => createClient(connection, http.fetch))
  return {
    post: async ({ path, body, headers, query, signal }) => {
      const response = await (
        await client()
      )
        .post(path, { body, query, signal, headers: { 'content-type': 'application/json', ...headers } })
        .asResponse()
      const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
      return { mediaType: mediaType.trim().toLowerCase(), body: http.bodyOf(response) }
    },
  }
}

/** What the client would read from the environment by itself is settled here: the caller has done that. */
async function createClient(connection: Connection, fetch: HttpFetch['fetch']): Promise<OpenAI> {
  const { OpenAI: Client } = await import('openai')
  const { apiKey } = connection
  return new Client({
    baseURL: connection.baseUrl,
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    webhookSecret: null,
    organization: connection.organization ?? null,
    project: connection.project ?? null,
    timeout: Math.min(connection.timeout, 2 ** 31 - 1),
    maxRetries: 0,
    logLevel: 'off',
    defaultHeaders: { ...(apiKey === undefined ? { Authorization: null } : {}), ...connection.headers },
    fetch,
  })
}
