/** The conformance suite of session stores: what the port promises, for every implementation. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { SessionAppend, SessionPage, SessionStore } from '../../runtime/sessions/session-store.ts'
import type { Item } from '../../runtime/state/item.ts'
import type { ConformanceCheck } from './check.ts'

/** A fresh, empty session store. */
export interface OpenedSessionStore {
  readonly store: SessionStore
  /** What an item says, for a store that gives items another form than they were given; the item itself when absent. */
  readonly plain?: (item: Item) => Item
  /** Closes the store and removes its data. */
  close(): Promise<void>
}

/**
 * The checks that a session store must pass. `open` gives each check a fresh, empty store.
 *
 * @example
 * for (const { name, run } of sessionStoreConformance(async () => openMine())) test(name, run)
 */
export function sessionStoreConformance(
  open: () => Promise<OpenedSessionStore>,
): readonly ConformanceCheck[] {
  return Object.entries(CHECKS).map(([name, check]) => ({
    name,
    run: async () => {
      const opened = await open()
      try {
        await check(plainly(opened))
      } finally {
        await opened.close()
      }
    },
  }))
}

/** The store, with what its items say. */
function plainly({ store, plain }: OpenedSessionStore): SessionStore {
  if (plain === undefined) return store
  return {
    ...store,
    read: async (id, limit) => {
      const { items: read, last_agent } = await store.read(id, limit)
      return { items: read.map(plain), last_agent }
    },
  }
}

const message = (content: string): Item => ({ type: 'message', role: 'user', content })

/** Items of users that say this. */
export function messages(...contents: readonly string[]): readonly Item[] {
  return contents.map(message)
}

/** An append of such items. */
export function items(session_id: string, operation: string, ...contents: readonly string[]): SessionAppend {
  return { session_id, operation, items: messages(...contents), last_agent: 'desk' }
}

const EMPTY = { items: [], last_agent: null }

/** What the port promises of a page; a store may say more of it. */
async function page(store: SessionStore, id: string, limit?: number): Promise<SessionPage> {
  const { items: read, last_agent } = await store.read(id, limit)
  return { items: read, last_agent }
}

const CHECKS: Readonly<Record<string, (store: SessionStore) => Promise<void>>> = {
  'an unknown session is an empty page': async (store) => {
    assert.deepEqual(await page(store, 'none'), EMPTY)
    assert.deepEqual(await page(store, 'none', 5), EMPTY)
    assert.deepEqual(await store.list(), [])
    assert.equal(await store.clear('none'), false)
    assert.equal(await store.remove('none'), false)
    assert.deepEqual(await store.list(), [])
  },

  'items come back in order, with the agent that spoke last': async (store) => {
    await store.append(items('s', 'run_a:1', 'one', 'Käse 🧀 "\n'))
    await store.append({ ...items('s', 'run_a:5', 'three'), last_agent: 'billing' })
    await store.append(items('other', 'run_b:1', 'elsewhere'))
    const expected = messages('one', 'Käse 🧀 "\n', 'three')
    assert.deepEqual(await page(store, 's'), { items: expected, last_agent: 'billing' })
  },

  'a page has the newest items, in order': async (store) => {
    await store.append(items('s', 'run_a:1', 'one', 'two', 'three', 'four'))
    const newest = { items: messages('three', 'four'), last_agent: 'desk' }
    assert.deepEqual(await page(store, 's', 2), newest)
    assert.equal((await store.read('s', 9)).items.length, 4)
    assert.deepEqual(await page(store, 's', 0), { ...newest, items: [] })
  },

  'the same operation lands once': async (store) => {
    await store.append(items('s', 'run_a:1', 'one'))
    await Promise.all([
      store.append(items('s', 'run_a:2', 'two')),
      store.append(items('s', 'run_a:2', 'two')),
    ])
    await store.append(items('s', 'run_a:1', 'one'))
    assert.deepEqual((await store.read('s')).items, messages('one', 'two'))
  },

  'appends at the same time all land, each in one piece': async (store) => {
    const operations = Array.from({ length: 10 }, (_, index) => `run_${index}:1`)
    await Promise.all(
      operations.map((operation) => store.append(items('s', operation, operation, operation))),
    )
    const read = await store.read('s')
    assert.equal(read.items.length, 20)
    const contents = read.items.map((item) => item['content'])
    for (let index = 0; index < 20; index += 2) assert.equal(contents[index], contents[index + 1])
    assert.deepEqual(new Set(contents), new Set(operations))
  },

  'clearing hides items, and what landed before lands no more': async (store) => {
    await store.append(items('s', 'run_a:1', 'one', 'two'))
    assert.equal(await store.clear('s'), true)
    assert.deepEqual(await page(store, 's'), EMPTY)
    await store.append(items('s', 'run_a:1', 'one', 'two'))
    await store.append(items('s', 'run_b:1', 'three'))
    assert.deepEqual(await page(store, 's'), { items: messages('three'), last_agent: 'desk' })
    assert.deepEqual((await store.read('s', 10)).items, messages('three'))
    assert.deepEqual(
      (await store.list()).map((session) => session.items),
      [1],
    )
  },

  'a removed session is gone, and its id can be used again': async (store) => {
    await store.append(items('s', 'run_a:1', 'one', 'two'))
    assert.equal(await store.remove('s'), true)
    assert.equal(await store.remove('s'), false)
    assert.equal(await store.clear('s'), false)
    assert.deepEqual(await store.list(), [])
    assert.deepEqual((await store.read('s')).items, [])
    await store.append(items('s', 'run_b:1', 'three'))
    assert.deepEqual((await store.read('s')).items, messages('three'))
    assert.deepEqual(
      (await store.list()).map((session) => session.items),
      [1],
    )
  },

  'sessions are listed newest first, with what is visible': async (store) => {
    await store.append(items('a', 'run_a:1', 'one'))
    await setTimeout(20)
    await store.append(items('b', 'run_b:1', 'one', 'two'))
    await setTimeout(20)
    await store.append(items('a', 'run_a:2', 'two', 'three'))
    const listed = await store.list()
    assert.deepEqual(
      listed.map(({ session_id, last_agent, items }) => ({ session_id, last_agent, items })),
      [
        { session_id: 'a', last_agent: 'desk', items: 3 },
        { session_id: 'b', last_agent: 'desk', items: 2 },
      ],
    )
    for (const { updated_at } of listed) assert.equal(new Date(updated_at).toISOString(), updated_at)
    await store.clear('b')
    const cleared = (await store.list()).find((session) => session.session_id === 'b')
    assert.equal(cleared?.items, 0)
    assert.equal(cleared.last_agent, null)
  },

  'what was appended is out of the reach of callers': async (store) => {
    const contents = [message('one')]
    const appended = store.append({
      session_id: 's',
      operation: 'run_a:1',
      items: contents,
      last_agent: 'desk',
    })
    contents.push(message('two'))
    await appended
    const [item] = (await store.read('s')).items
    assert.ok(item !== undefined && Reflect.set(item, 'content', 'changed'))
    assert.deepEqual((await store.read('s')).items, messages('one'))
  },
}
