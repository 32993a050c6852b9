/** The Conversations API of OpenAI, as far as sessions need it: one conversation, its metadata and its items. */
import { isJsonArray, isJsonObject, parseJson } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { messageOf } from '../../../util/message-of.ts'
import { StoreFailure } from '../../failures.ts'
import { answeredHeaders, httpSend, httpTarget, readStart } from '../../models/openai/http-send.ts'
import { StatusError } from '../../models/openai/status-error.ts'
import type { Item } from '../../state/item.ts'
import { readBody } from './read-body.ts'

/** Where the API is, and how to be let in. */
export interface ConversationsServer {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** Takes secrets out of messages. */
  readonly redact: (text: string) => string
}

/** At most 16 texts. */
export type Metadata = Readonly<Record<string, string>>

/** Every method throws `StoreFailure`; what may mend by itself is tried again first. */
export interface ConversationsApi {
  create(): Promise<string>
  /** `null` for a conversation that is not there. */
  metadata(id: string): Promise<Metadata | null>
  setMetadata(id: string, metadata: Metadata): Promise<void>
  /** Items after another one, or from the beginning, oldest first. */
  itemsAfter(id: string, after: string | null): Promise<readonly Item[]>
  /** The newest items, oldest first. */
  newestItems(id: string, limit: number): Promise<readonly Item[]>
  /** Adds up to 20 items. Not tried again: nobody knows whether they are there. */
  addItems(id: string, items: readonly Item[]): Promise<void>
  removeItem(id: string, itemId: string): Promise<void>
  remove(id: string): Promise<void>
}

/** Milliseconds for one answer. */
const TIMEOUT = 60_000
/** Milliseconds before each further attempt. */
const PAUSES = [250, 1000]
const PAGE = 100

export function createConversationsApi(server: ConversationsServer): ConversationsApi {
  const { once, again } = createAsk(server)
  const conversation = (id: string): string => `/conversations/${encodeURIComponent(id)}`
  const page = async (id: string, query: Readonly<Record<string, string>>): Promise<ItemPage> => {
    const parameters = new URLSearchParams({ ...query, 'include[]': 'reasoning.encrypted_content' })
    return readPage(server, await again('GET', `${conversation(id)}/items?${parameters.toString()}`))
  }
  return {
    create: async () => {
      const { id } = await again('POST', '/conversations', {})
      if (typeof id === 'string') return id
      throw malformed(server, 'a conversation without an id')
    },
    metadata: async (id) => {
      try {
        const { metadata } = await again('GET', conversation(id))
        return textsOf(metadata ?? {})
      } catch (error) {
        if (error instanceof MissingConversation) return null
        throw error
      }
    },
    setMetadata: async (id, metadata) => void (await again('POST', conversation(id), { metadata })),
    itemsAfter: async (id, after) => {
      const all: Item[] = []
      for (let cursor = after; ;) {
        const from: Record<string, string> = cursor === null ? {} : { after: cursor }
        const { items, last, hasMore } = await page(id, { order: 'asc', limit: String(PAGE), ...from })
        all.push(...items)
        if (!hasMore || last === null) return all
        cursor = last
      }
    },
    newestItems: async (id, limit) => {
      const all: Item[] = []
      for (let cursor: string | null = null; all.length < limit;) {
        const from: Record<string, string> = cursor === null ? {} : { after: cursor }
        const size = String(Math.min(PAGE, limit - all.length))
        const { items, last, hasMore } = await page(id, { order: 'desc', limit: size, ...from })
        all.push(...items)
        if (!hasMore || last === null) break
        cursor = last
      }
      return all.slice(0, limit).toReversed()
    },
    addItems: async (id, items) => void (await once('POST', `${conversation(id)}/items`, { items })),
    removeItem: async (id, itemId) =>
      void (await again('DELETE', `${conversation(id)}/items/${encodeURIComponent(itemId)}`)),
    remove: async (id) => void (await again('DELETE', conversation(id))),
  }
}

/** How the API is asked: once, or again while that may mend it. */
interface Ask {
  readonly once: (method: string, path: string, body?: Json) => Promise<JsonObject>
  readonly again: (method: string, path: string, body?: Json) => Promise<JsonObject>
}

function createAsk(server: ConversationsServer): Ask {
  const once = (method: string, path: string, body?: Json): Promise<JsonObject> =>
    ask(server, { method, path, body, once: true })
  const each = (method: string, path: string, body?: Json): Promise<JsonObject> =>
    ask(server, { method, path, body, once: false })
  const again = async (method: string, path: string, body?: Json): Promise<JsonObject> => {
    for (const pause of PAUSES) {
      try {
        return await each(method, path, body)
      } catch (error) {
        if (!mayMend(error)) throw failureOf(server, error)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    return failing(server, () => each(method, path, body))
  }
  return { once: (method, path, body) => failing(server, () => once(method, path, body)), again }
}

interface Order {
  readonly method: string
  readonly path: string
  readonly body: Json | undefined
  readonly once: boolean
}

async function ask(
  { baseUrl, headers }: ConversationsServer,
  { method, path, body, once }: Order,
): Promise<JsonObject> {
  const answer = await httpSend(httpTarget(`${baseUrl.replace(/\/$/, '')}${path}`), {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
    once,
  })
  const status = answer.statusCode ?? 0
  if (status < 200 || status >= 300)
    throw new StatusError(status, answeredHeaders(answer), await readStart(answer))
  const value = parseJson(await readBody(answer))
  if (isJsonObject(value)) return value
  throw new SyntaxError('the answer is no JSON object')
}

async function failing<T>(server: ConversationsServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw failureOf(server, error)
  }
}

/** No answer at all, too many requests, a locked conversation, or a server in trouble. */
function mayMend(error: unknown): boolean {
  if (!(error instanceof StatusError)) return !(error instanceof SyntaxError)
  return error.status === 409 || error.status === 429 || error.status >= 500
}

class MissingConversation extends StoreFailure {}

function failureOf(server: ConversationsServer, error: unknown): StoreFailure {
  if (error instanceof StatusError) {
    const said = isJsonObject(error.error) ? error.error['message'] : undefined
    const message = server.redact(
      `OpenAI Conversations: ${typeof said === 'string' ? said : `status ${error.status}`}`,
    )
    if (error.status === 404)
      return new MissingConversation(message, { hint: 'Was the conversation deleted?' })
    return new StoreFailure(message, {
      hint: error.status === 401 ? 'Check OPENAI_API_KEY.' : 'Nothing of the run is lost: resume it later.',
    })
  }
  return new StoreFailure(server.redact(`OpenAI Conversations cannot be reached: ${messageOf(error)}`), {
    hint: 'Nothing of the run is lost: resume it once the server answers.',
  })
}

function malformed(server: ConversationsServer, what: string): StoreFailure {
  return failureOf(server, new SyntaxError(`the server gave ${what}`))
}

interface ItemPage {
  readonly items: readonly Item[]
  /** The id of the last one. */
  readonly last: string | null
  readonly hasMore: boolean
}

function readPage(server: ConversationsServer, page: JsonObject): ItemPage {
  const { data, last_id: last, has_more: hasMore } = page
  if (!isJsonArray(data) || !data.every(isJsonObject)) throw malformed(server, 'a list without items')
  return { items: data, last: typeof last === 'string' ? last : null, hasMore: hasMore === true }
}

function textsOf(value: Json): Metadata {
  const entries = isJsonObject(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])))
}
