/**
 * Sessions as conversations that OpenAI keeps. A session `conv_…` is that conversation; for any other id the run store remembers the
 * conversation, in a session `openai_conversations/ID` with one item.
 *
 * The API knows no operations. An append writes into the metadata of the conversation what it is about to add and after which
 * item, and then adds it: made again, it adds what is missing.
 */
import type { Item } from '../../state/item.ts'
import { copyJson } from '../../../util/copy-json.ts'
import type { JsonObject } from '../../../util/json.ts'
import { withoutProviderMetadata } from '../../models/provider-metadata.ts'
import type {
  ListedSession,
  RunSessions,
  SessionAppend,
  SessionPage,
  SessionStore,
} from '../session-store.ts'
import type { ConversationsApi, Metadata } from './conversations-api.ts'

/** Before the ids of sessions, in the run store. */
const PREFIX = 'openai_conversations/'
const MOST_ADDED = 20

/** The keys of ours in the metadata of a conversation. */
const OPERATION = 'agentspec_operation'
const AFTER = 'agentspec_after'
const AGENT = 'agentspec_agent'
const UPDATED = 'agentspec_updated_at'
/** The operation that was the last one when the session was cleared. */
const CLEARED = 'agentspec_cleared'

/** @param names where the conversations of session ids are remembered */
export function openaiConversations(api: ConversationsApi, names: RunSessions): SessionStore {
  const oneAtATime = createQueue()

  const { find, create } = createNames(api, names)
  const describe = async (sessionId: string): Promise<ListedSession | null> => {
    const id = await find(sessionId)
    const metadata = id === null ? null : await api.metadata(id)
    if (id === null || metadata === null) return null
    const items = (await api.itemsAfter(id, null)).length
    return {
      session_id: sessionId,
      last_agent: items === 0 ? null : (metadata[AGENT] ?? null),
      items,
      updated_at: metadata[UPDATED] ?? new Date(0).toISOString(),
    }
  }

  return {
    append: (append) => {
      // Copies: what callers do with their items later is their business.
      const given = { ...append, items: append.items.map((item) => copyJson(asInput(item))) }
      return oneAtATime(given.session_id, async () => {
        const id = (await find(given.session_id)) ?? (await create(given.session_id))
        await land(api, id, given)
      })
    },
    async read(sessionId, limit) {
      const id = await find(sessionId)
      const metadata = id === null ? null : await api.metadata(id)
      return id === null || metadata === null ? EMPTY : readPage(api, { id, metadata }, limit)
    },
    async list() {
      const known = (await names.list()).filter(({ session_id: id }) => id.startsWith(PREFIX))
      const found = await Promise.all(known.map(({ session_id: id }) => describe(id.slice(PREFIX.length))))
      return found
        .filter((session) => session !== null)
        .toSorted((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
    },
    clear: (sessionId) =>
      oneAtATime(sessionId, async () => {
        const id = await find(sessionId)
        const metadata = id === null ? null : await api.metadata(id)
        if (id === null || metadata === null) return false
        const cleared = { [CLEARED]: metadata[OPERATION] ?? '', [UPDATED]: new Date().toISOString() }
        await api.setMetadata(id, { ...metadata, ...cleared })
        await removeItems(api, id)
        return true
      }),
    remove: (sessionId) =>
      oneAtATime(sessionId, async () => {
        const id = await find(sessionId)
        if (id === null || (await api.metadata(id)) === null) return false
        // Items outlive their conversation otherwise.
        await removeItems(api, id)
        await api.remove(id)
        await names.remove(`${PREFIX}${sessionId}`)
        return true
      }),
  }
}

/** Which conversation a session is. */
interface Names {
  readonly find: (sessionId: string) => Promise<string | null>
  readonly create: (sessionId: string) => Promise<string>
}

function createNames(api: ConversationsApi, names: RunSessions): Names {
  const find = async (sessionId: string): Promise<string | null> => {
    if (sessionId.startsWith('conv_')) return sessionId
    const { items } = await names.read(`${PREFIX}${sessionId}`)
    const id = items.at(-1)?.['conversation_id']
    return typeof id === 'string' ? id : null
  }
  const create = async (sessionId: string): Promise<string> => {
    const id = await api.create()
    const item = { type: 'openai_conversation', conversation_id: id }
    const operation = `${id}:0`
    await names.append({ session_id: `${PREFIX}${sessionId}`, operation, items: [item], last_agent: '' })
    return id
  }
  return { find, create }
}

const EMPTY: SessionPage = { items: [], last_agent: null }

async function readPage(
  api: ConversationsApi,
  { id, metadata }: { readonly id: string; readonly metadata: Metadata },
  limit: number | undefined,
): Promise<SessionPage> {
  const read =
    limit === undefined ? await api.itemsAfter(id, null) : await api.newestItems(id, Math.max(1, limit))
  return {
    items: limit === 0 ? [] : read,
    last_agent: read.length === 0 ? null : (metadata[AGENT] ?? null),
  }
}

async function land(api: ConversationsApi, id: string, append: SessionAppend): Promise<void> {
  const { operation, items, last_agent } = append
  const metadata = (await api.metadata(id)) ?? {}
  const latest = metadata[OPERATION] ?? ''
  if (isBefore(operation, latest)) return
  if (operation === latest) {
    if (metadata[CLEARED] === latest) return
    const landed = await api.itemsAfter(id, metadata[AFTER] === '' ? null : (metadata[AFTER] ?? null))
    return add(api, id, items.slice(landed.length))
  }
  const [newest] = await api.newestItems(id, 1)
  await api.setMetadata(id, {
    ...metadata,
    [OPERATION]: operation,
    [AFTER]: typeof newest?.['id'] === 'string' ? newest['id'] : '',
    [AGENT]: last_agent,
    [UPDATED]: new Date().toISOString(),
  })
  await add(api, id, items)
}

async function add(api: ConversationsApi, id: string, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += MOST_ADDED) {
    await api.addItems(id, items.slice(start, start + MOST_ADDED))
  }
}

async function removeItems(api: ConversationsApi, id: string): Promise<void> {
  for (const item of await api.itemsAfter(id, null)) {
    if (typeof item['id'] === 'string') await api.removeItem(id, item['id'])
  }
}

/** The conversation gives its items ids of its own; reasoning is known by the one it has. */
function asInput(item: Item): JsonObject {
  const plain = withoutProviderMetadata(item)
  if (plain['type'] === 'reasoning') return plain
  const { id: _, ...rest } = plain
  return rest
}

/** The appends of a run come in the order of their seqs: an earlier one than the latest has landed. */
function isBefore(operation: string, latest: string): boolean {
  const [, run, seq] = /^(.+):(\d+)$/u.exec(operation) ?? []
  const [, latestRun, latestSeq] = /^(.+):(\d+)$/u.exec(latest) ?? []
  return run !== undefined && run === latestRun && Number(seq) < Number(latestSeq)
}

/** Work on one session, one after the other. */
function createQueue(): <T>(sessionId: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (sessionId, work) => {
    const done = (last.get(sessionId) ?? Promise.resolve()).then(work)
    const settled = done.catch(() => null)
    last.set(sessionId, settled)
    settled.then(() => last.get(sessionId) === settled && last.delete(sessionId)).catch(() => null)
    return done
  }
}
