/** Sessions in a Redis server: a list of items each, with the operations that made it. */
import type { Redis } from 'ioredis'
import { parseItem } from '../../store/stored-json.ts'
import { invariant } from '../../../util/invariant.ts'
import { isJsonArray } from '../../../util/json.ts'
import type { Json } from '../../../util/json.ts'
import { encodeSessionAppend } from '../session-append.ts'
import type { ListedSession, SessionPage, SessionStore } from '../session-store.ts'
import { connectRedis } from './connection.ts'
import type { RedisConnection } from './connection.ts'
import { readRedisUrl } from './redis-url.ts'
import { APPEND, CLEAR, READ, REMOVE } from './scripts.ts'

export interface RedisSessionsOptions {
  /** Told when the server may forget what it acknowledged. */
  readonly warn?: (message: string) => void
}

/**
 * Opens the sessions in the server that a URL names, as in `redis://cache.internal/0?ttl=30d`: with a ttl, a session is forgotten
 * when nothing was said in it for so long. Needs the package `ioredis`.
 *
 * @throws StoreFailure when the server cannot be reached; UsageFailure for a URL that cannot be read, and when `ioredis` is not
 *   installed.
 *
 * @example
 * const sessions = await redisSessions('redis://cache.internal/0?ttl=30d')
 */
export async function redisSessions(url: string, options: RedisSessionsOptions = {}): Promise<SessionStore> {
  const { connection, shown, prefix, ttl } = readRedisUrl(url)
  const server = await connectRedis(connection, shown)
  const warning = await durabilityWarning(server, shown)
  if (warning !== null) options.warn?.(warning)
  const keys = keysUnder(prefix)
  return {
    async append(append) {
      const { session_id, operation, items, last_agent } = encodeSessionAppend(append)
      const given = [operation, last_agent, Date.now(), session_id, ttl, ...items]
      await server.use((redis) => redis.eval(APPEND, 4, ...keys.of(session_id), keys.index, ...given))
    },
    read: (id, limit) => server.use((redis) => readPage(redis, keys, id, limit)),
    list: () => server.use((redis) => list(redis, keys)),
    clear: (id) =>
      server.use(async (redis) => {
        const cleared = await redis.eval(CLEAR, 4, ...keys.of(id), keys.index, Date.now(), id)
        return cleared === 1
      }),
    remove: (id) =>
      server.use(async (redis) => (await redis.eval(REMOVE, 4, ...keys.of(id), keys.index, id)) === 1),
    close: () => server.close(),
  }
}

interface Keys {
  /** Sessions by the time of their last change. */
  readonly index: string
  /** Items, facts and operations of a session. */
  of(sessionId: string): readonly [string, string, string]
}

function keysUnder(prefix: string): Keys {
  return {
    index: `${prefix}:sessions`,
    of: (id) => [
      `${prefix}:session:${id}:items`,
      `${prefix}:session:${id}`,
      `${prefix}:session:${id}:operations`,
    ],
  }
}

async function readPage(redis: Redis, keys: Keys, id: string, limit?: number): Promise<SessionPage> {
  const [items, facts] = keys.of(id)
  // No place is so far behind the end that it is in a list.
  const from = limit === undefined ? 0 : limit === 0 ? Number.MAX_SAFE_INTEGER : -limit
  const answer: unknown = await redis.eval(READ, 2, items, facts, String(from))
  invariant(isJsonArray(answer), 'the script gives a list')
  const [agent, stored, length] = answer
  invariant(isJsonArray(stored), 'the script gives a list of items')
  return {
    items: stored.map((json) => parseItem(textOf(json), id)),
    last_agent: length === 0 ? null : textOf(agent),
  }
}

function textOf(value: Json | undefined): string {
  invariant(typeof value === 'string', 'what is stored are texts')
  return value
}

/** How many sessions are asked about at once. */
const CHUNK = 500

async function list(redis: Redis, keys: Keys): Promise<readonly ListedSession[]> {
  const ids = await redis.zrange(keys.index, '0', '-1')
  const listed: ListedSession[] = []
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK)
    const found = await Promise.all(chunk.map((id) => look(redis, keys, id)))
    listed.push(...found.filter((session) => session !== null))
    const expired = chunk.filter((_, place) => found[place] === null)
    if (expired.length > 0) await redis.zrem(keys.index, ...expired)
  }
  return listed.toSorted(newestFirst)
}

/** `null` for a session that has expired. */
async function look(redis: Redis, keys: Keys, session_id: string): Promise<ListedSession | null> {
  const [items, facts] = keys.of(session_id)
  const [[agent, updated], count] = await Promise.all([
    redis.hmget(facts, 'agent', 'updated_at'),
    redis.llen(items),
  ])
  if (agent === undefined || agent === null || updated === undefined || updated === null) return null
  const updated_at = new Date(Number(updated)).toISOString()
  return { session_id, last_agent: count === 0 ? null : agent, items: count, updated_at }
}

function newestFirst(a: ListedSession, b: ListedSession): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1
  return a.session_id < b.session_id ? -1 : 1
}

/** What is at risk with this server; `null`: nothing. */
async function durabilityWarning(server: RedisConnection, shown: string): Promise<string | null> {
  const setting = (name: string): Promise<string | null> =>
    server.use(async (redis) => {
      // Managed servers may not say.
      const answer = await redis.config('GET', name).catch(() => null)
      return Array.isArray(answer) ? String(answer[1]) : null
    })
  const [appendonly, appendfsync] = [await setting('appendonly'), await setting('appendfsync')]
  if (appendonly === 'yes' && appendfsync === 'always') return null
  const risk = 'a crash of the server may lose the end of a session; runs themselves are safe'
  if (appendonly === null) return `${shown} does not say whether it is durable: ${risk}`
  const now = `appendonly ${appendonly}${appendonly === 'yes' ? `, appendfsync ${appendfsync}` : ''}`
  return `${shown} is not durable (${now}): ${risk}. It is with appendonly yes and appendfsync always`
}
