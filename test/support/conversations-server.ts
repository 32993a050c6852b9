/**
 * The Conversations API of OpenAI, as its client describes it: conversations with metadata, items with ids of the server, pages,
 * and its limits.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

type Item = Readonly<Record<string, unknown>> & { readonly id: string }

/** An item as it is sent. */
interface GivenItem {
  readonly id?: string
  readonly type?: string
  readonly role?: string
  readonly content?: unknown
}

interface Conversation {
  readonly id: string
  readonly created_at: number
  metadata: Record<string, string>
  items: Item[]
}

export interface ConversationsServer extends AsyncDisposable {
  /** With `/v1`. */
  readonly url: string
  readonly conversations: ReadonlyMap<string, Conversation>
  /** `METHOD /path` of every request. */
  readonly requests: readonly string[]
  /** Closes the connection at the next request like this: before it is carried out, or after. */
  breakAt(request: RegExp, when: 'before' | 'after'): void
  /** Answers the next request like this with a status, after so many others like it. */
  refuseAt(request: RegExp, status: number, after?: number): void
}

class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const API_KEY = 'sk-test-0123456789abcdef'

export async function startConversationsServer(): Promise<ConversationsServer> {
  const conversations = new Map<string, Conversation>()
  const requests: string[] = []
  let fault: { readonly request: RegExp; readonly what: 'before' | 'after' | number } | null = null
  let spared = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = `${request.method} ${request.url}`
    requests.push(name)
    const text = await textOf(request)
    const isMeant = fault !== null && fault.request.test(name) && (spared -= 1) < 0
    const what = isMeant && fault !== null ? fault.what : null
    if (what !== null) fault = null
    if (what === 'before') return void response.destroy()
    try {
      if (typeof what === 'number') throw new Refused(what, 'Not now.')
      if (request.headers.authorization !== `Bearer ${API_KEY}`) {
        throw new Refused(401, `Incorrect API key provided: ${request.headers.authorization}`)
      }
      const value = carryOut(conversations, request, JSON.parse(text || 'null'))
      if (what === 'after') return void response.destroy()
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { status, message } = error
      const body = { error: { message, type: 'invalid_request_error', param: null, code: null } }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    conversations,
    requests,
    breakAt(request, when) {
      fault = { request, what: when }
      spared = 0
    },
    refuseAt(request, status, after = 0) {
      fault = { request, what: status }
      spared = after
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function carryOut(
  conversations: Map<string, Conversation>,
  request: IncomingMessage,
  body: unknown,
): unknown {
  const url = new URL(request.url ?? '', 'http://server')
  const [, version, noun, id, items, itemId] = url.pathname.split('/')
  if (version !== 'v1' || noun !== 'conversations') throw new Refused(404, 'Unknown request URL')
  const given = (body ?? {}) as { readonly metadata?: Record<string, string>; readonly items?: GivenItem[] }
  if (id === undefined) return create(conversations, given)
  const conversation = conversations.get(id)
  if (conversation === undefined) throw new Refused(404, `Conversation with id '${id}' not found.`)
  if (items === undefined) {
    if (request.method === 'DELETE') {
      conversations.delete(id)
      return { id, object: 'conversation.deleted', deleted: true }
    }
    if (request.method === 'POST') conversation.metadata = checkedMetadata(given.metadata)
    return viewOf(conversation)
  }
  if (request.method === 'GET') return page(conversation, url.searchParams)
  if (request.method === 'POST') return listOf(addTo(conversation, given.items ?? []), false)
  conversation.items = conversation.items.filter((item) => item.id !== itemId)
  return viewOf(conversation)
}

let made = 0

function create(
  conversations: Map<string, Conversation>,
  given: { readonly metadata?: Record<string, string>; readonly items?: GivenItem[] },
): unknown {
  made += 1
  const conversation = {
    id: `conv_${made.toString(16).padStart(32, '0')}`,
    created_at: Math.floor(Date.now() / 1000),
    metadata: checkedMetadata(given.metadata),
    items: [],
  }
  addTo(conversation, given.items ?? [])
  conversations.set(conversation.id, conversation)
  return viewOf(conversation)
}

function viewOf({ id, created_at, metadata }: Conversation): unknown {
  return { id, object: 'conversation', created_at, metadata }
}

function checkedMetadata(metadata: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(metadata)
  if (entries.length > 16) throw new Refused(400, 'metadata has too many properties')
  for (const [key, value] of entries) {
    if (key.length > 64 || value.length > 512) throw new Refused(400, `metadata.${key} is too long`)
  }
  return metadata
}

function addTo(conversation: Conversation, items: readonly GivenItem[]): readonly Item[] {
  if (items.length > 20) throw new Refused(400, "Invalid 'items': array too long.")
  const added = items.map(stored)
  conversation.items.push(...added)
  return added
}

/** The server's own form of an item: with its id, and the content of messages in parts. */
function stored(item: GivenItem): Item {
  made += 1
  const { role, content, type = 'message' } = item
  const prefixes: Readonly<Record<string, string>> = { message: 'msg', reasoning: 'rs', function_call: 'fc' }
  const id = `${prefixes[type] ?? 'item'}_${made.toString(16).padStart(32, '0')}`
  if (type === 'reasoning') return { ...item, id: item.id ?? id, type }
  if (item.id !== undefined) throw new Refused(400, `Item with id '${item.id}' not found.`)
  const kind = role === 'assistant' ? 'output_text' : 'input_text'
  const parts = typeof content === 'string' ? [{ type: kind, text: content }] : content
  return { ...item, id, type, status: 'completed', ...(type === 'message' ? { content: parts } : {}) }
}

function page({ items }: Conversation, query: URLSearchParams): unknown {
  const limit = Number(query.get('limit') ?? 20)
  if (limit < 1 || limit > 100) throw new Refused(400, "Invalid 'limit'")
  const ordered = query.get('order') === 'asc' ? items : items.toReversed()
  const after = query.get('after')
  const start = after === null ? 0 : ordered.findIndex((item) => item.id === after) + 1
  if (after !== null && start === 0) throw new Refused(400, `Item with id '${after}' not found.`)
  const chosen = ordered.slice(start, start + limit)
  return listOf(chosen, start + limit < ordered.length)
}

function listOf(data: readonly Item[], has_more: boolean): unknown {
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more }
}
