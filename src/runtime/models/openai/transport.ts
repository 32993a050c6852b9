/**
 * Sends requests to an OpenAI-compatible server as the official client does, without what the client costs: loading it
 * takes longer than a whole command, and preparing a request in it longer than sending it. A test compares the two.
 */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import { answeredHeaders, httpSend, httpTarget, readStart } from './http-send.ts'
import { StatusError } from './status-error.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Answer } from './answer.ts'

/** Where a model is served, and how to be let in. All values are resolved: no `${VAR}`. */
export interface Connection {
  readonly baseUrl: string
  /** Absent: no `Authorization` header is sent, as local servers need none. */
  readonly apiKey?: string
  readonly organization?: string
  readonly project?: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Post {
  /** JSON text. */
  readonly body: string
  /** Over those of the connection; `null` takes one away. */
  readonly headers: Readonly<Record<string, string | null>>
  readonly query: JsonObject
  readonly signal: AbortSignal
}

export interface Transport {
  /**
   * One request, never repeated.
   *
   * @throws StatusError for every status but 2xx; the connection's own error when there is no answer.
   */
  post(post: Post): Promise<Answer>
}

/** A transport to one path below the base url. Nothing is connected before the first `post`. */
export function createTransport(connection: Connection, path: string): Transport {
  const url = `${connection.baseUrl.replace(/\/$/, '')}${path}`
  const target = httpTarget(url)
  const headers = headersOf(connection)
  return {
    post: async ({ body, headers: extra, query, signal }) => {
      const at = Object.keys(query).length === 0 ? target : httpTarget(withQuery(url, query))
      const order = { method: 'POST', body, signal, headers: mergeHeaders(headers, extra) }
      const response = await httpSend(at, order)
      const status = response.statusCode ?? 0
      if (status < 200 || status >= 300)
        throw new StatusError(status, answeredHeaders(response), await readStart(response))
      const mediaType = (response.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
      return { mediaType: mediaType.trim().toLowerCase(), body: response }
    },
  }
}

function headersOf({ apiKey, organization, project, headers }: Connection): Record<string, string> {
  const ours = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'agentspec',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(organization === undefined ? {} : { 'openai-organization': organization }),
    ...(project === undefined ? {} : { 'openai-project': project }),
  }
  return mergeHeaders(ours, headers)
}

/** Names in any case; `null` takes a header away. */
function mergeHeaders(
  base: Readonly<Record<string, string>>,
  over: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    if (value === null) delete merged[name.toLowerCase()]
    else merged[name.toLowerCase()] = value
  }
  return merged
}

/** Over the query the address may have; lists and objects in brackets (`a[]=1`, `a[b]=1`), as the client writes them. */
function withQuery(url: string, query: JsonObject): string {
  const target = new URL(url)
  for (const [key, value] of Object.entries(query)) {
    target.searchParams.delete(key)
    for (const [name, text] of parametersOf(key, value)) target.searchParams.append(name, text)
  }
  return target.href
}

function parametersOf(name: string, value: Json): readonly (readonly [string, string])[] {
  if (isJsonArray(value)) return value.flatMap((member) => parametersOf(`${name}[]`, member))
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([key, member]) => parametersOf(`${name}[${key}]`, member))
  return [[name, value === null ? '' : String(value)]]
}
