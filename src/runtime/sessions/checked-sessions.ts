/** Session stores from outside: what they give is looked at before it is believed, and their failures are failures of a store. */
import { invariant } from '../../util/invariant.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { messageOf } from '../../util/message-of.ts'
import { ConflictFailure, StoreFailure, UsageFailure } from '../failures.ts'
import type { Item } from '../state/item.ts'
import type { ListedSession, SessionPage, SessionStore } from './session-store.ts'

/** What a session store must be able to do. */
const METHODS = ['append', 'read', 'list', 'clear', 'remove'] as const

/** Milliseconds for one call. */
const TIMEOUT = 60_000

/**
 * The port around a value that should be a session store.
 *
 * @param shown what it is called, for messages
 * @param redact takes secrets out of messages
 * @throws UsageFailure `invalid_session_store` for a value that is none.
 */
export function checkedSessions(
  value: unknown,
  shown: string,
  redact: (text: string) => string,
): SessionStore {
  if (!isSessionStore(value)) {
    throw new UsageFailure(
      'invalid_session_store',
      `${shown} gives no session store: it has no function ${missingIn(value)}`,
      `A session store has ${METHODS.join(', ')}`,
    )
  }
  const fail = (what: string, cause?: unknown): StoreFailure =>
    new StoreFailure(redact(`The session store ${shown} failed: ${what}`), {
      cause,
      hint: 'Nothing of the run is lost: resume it once the store works.',
    })
  const use = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await untilAborted(work(), AbortSignal.timeout(TIMEOUT))
    } catch (error) {
      if (isOurs(error)) throw error
      throw fail(messageOf(error), error)
    }
  }
  const flag = (answer: unknown): boolean => {
    if (typeof answer === 'boolean') return answer
    throw fail('it did not say whether there was such a session')
  }
  return {
    append: (append) => use(async () => await value.append(append)),
    read: async (id, limit) => {
      const page: unknown = await use(() => value.read(id, limit))
      if (!isPage(page)) throw fail('what it read is no page: { items, last_agent }')
      // More than was asked for would be more than the model can take.
      const items =
        limit === undefined ? page.items : page.items.slice(Math.max(0, page.items.length - limit))
      return { items: await use(async () => plain(items)), last_agent: page.last_agent }
    },
    list: async () => {
      const listed: unknown = await use(() => value.list())
      if (!Array.isArray(listed) || !listed.every(isListed))
        throw fail('what it listed are no sessions: { session_id, last_agent, items, updated_at }')
      return listed
    },
    clear: async (id) => flag(await use(() => value.clear(id))),
    remove: async (id) => flag(await use(() => value.remove(id))),
    close: () => use(async () => await value.close?.()),
  }
}

/** As JSON, so that nobody else holds what is journaled. */
function plain(items: readonly Item[]): readonly Item[] {
  return items.map((item) => {
    const copy = parseJson(JSON.stringify(item))
    invariant(isJsonObject(copy), 'an item is an object')
    return copy
  })
}

function isSessionStore(value: unknown): value is SessionStore {
  return missingIn(value) === null
}

function missingIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return METHODS[0]
  return METHODS.find((name) => typeof Reflect.get(value, name) !== 'function') ?? null
}

function isOurs(error: unknown): boolean {
  return error instanceof StoreFailure || error instanceof UsageFailure || error instanceof ConflictFailure
}

function isPage(value: unknown): value is SessionPage {
  if (!isJsonObject(value)) return false
  const { items, last_agent: agent } = value
  return Array.isArray(items) && items.every(isJsonObject) && (agent === null || typeof agent === 'string')
}

function isListed(value: unknown): value is ListedSession {
  if (!isJsonObject(value)) return false
  const { session_id, last_agent: agent, items, updated_at } = value
  const isNamed = typeof session_id === 'string' && (agent === null || typeof agent === 'string')
  return isNamed && typeof items === 'number' && typeof updated_at === 'string'
}
