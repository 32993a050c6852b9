/** Sessions that are encrypted at rest, over any store of them. */
import type { OpenedItem, SessionCipher } from './session-cipher.ts'
import { assertInClear } from './session-cipher.ts'
import type { RunSessions, SessionPage, SessionStore } from './session-store.ts'

/**
 * Items older than the cipher's `ttl` are not part of a page; they stay where they are.
 *
 * @param now Milliseconds since the epoch.
 */
export function encryptedSessions(
  store: SessionStore,
  cipher: SessionCipher,
  now: () => number,
): SessionStore {
  return {
    ...store,
    append: (append) => store.append(cipher.seal(append)),
    read: async (sessionId, limit) => {
      const page = await store.read(sessionId, limit)
      return visiblePage(page, cipher.open(sessionId, page.items), now() - cipher.ttl)
    },
  }
}

/** The same for the sessions of a run store. A stretch has its items of any age: what a run began with stays its history. */
export function encryptedRunSessions(
  store: RunSessions,
  cipher: SessionCipher,
  now: () => number,
): RunSessions {
  return {
    ...store,
    append: (append) => store.append(cipher.seal(append)),
    read: async (sessionId, limit) => {
      const stretch = await store.read(sessionId, limit)
      const page = visiblePage(stretch, cipher.open(sessionId, stretch.items), now() - cipher.ttl)
      return { ...page, from: stretch.from + stretch.items.length - page.items.length, upto: stretch.upto }
    },
    readRange: async (sessionId, from, upto) => {
      const items = await store.readRange(sessionId, from, upto)
      return cipher.open(sessionId, items).map(({ item }) => item)
    },
  }
}

/** A store for a spec that encrypts nothing: it does not take what is encrypted for a conversation. */
export function plainSessions(store: SessionStore): SessionStore {
  return {
    ...store,
    read: async (sessionId, limit) => inClear(sessionId, await store.read(sessionId, limit)),
  }
}

/** The same for the sessions of a run store. */
export function plainRunSessions(store: RunSessions): RunSessions {
  return {
    ...store,
    read: async (sessionId, limit) => inClear(sessionId, await store.read(sessionId, limit)),
    readRange: async (sessionId, from, upto) => {
      const items = await store.readRange(sessionId, from, upto)
      assertInClear(sessionId, items)
      return items
    },
  }
}

function inClear<T extends SessionPage>(sessionId: string, page: T): T {
  assertInClear(sessionId, page.items)
  return page
}

/** From behind the last item that is too old: a page is one stretch. What was never encrypted has no age. */
function visiblePage(page: SessionPage, opened: readonly OpenedItem[], oldest: number): SessionPage {
  const expired = opened.findLastIndex(({ at }) => at !== null && at < oldest) + 1
  const visible = opened.slice(expired)
  return {
    items: visible.map(({ item }) => item),
    last_agent: expired > 0 && visible.length === 0 ? null : page.last_agent,
  }
}
