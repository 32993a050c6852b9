/** Sessions that are encrypted at rest. */
import { describe, expect, test } from 'vitest'
import { encryptedRunSessions, plainRunSessions } from '../../../src/runtime/sessions/encrypted-sessions.ts'
import { memorySessions } from '../../../src/runtime/sessions/memory-sessions.ts'
import { createSessionCipher } from '../../../src/runtime/sessions/session-cipher.ts'
import type { RunSessions } from '../../../src/runtime/sessions/session-store.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import { sessionStoreConformance } from '../../../src/testing.ts'

const KEY = 'a key of more than sixteen characters'
const OTHER = 'another key of more than sixteen characters'
const MINUTE = 60_000

const says = (content: string): Item => ({ type: 'message', role: 'user', content })

interface Shop {
  /** What is stored. */
  readonly raw: RunSessions
  readonly clock: { now: number }
  sessions(key: string): RunSessions
}

function shop(raw: RunSessions = memorySessions()): Shop {
  const clock = { now: 1_000_000 }
  const now = (): number => clock.now
  const sessions = (key: string): RunSessions =>
    encryptedRunSessions(raw, createSessionCipher({ key, ttl: 10 * MINUTE, now }), now)
  return { raw, clock, sessions }
}

/** A store whose items somebody changes on their way out. */
function tampered(raw: RunSessions, change: (items: readonly Item[]) => readonly Item[]): RunSessions {
  return {
    ...raw,
    read: async (id, limit) => {
      const page = await raw.read(id, limit)
      return { ...page, items: change(page.items) }
    },
  }
}

const append = (store: RunSessions, id: string, operation: string, ...texts: string[]): Promise<void> =>
  store.append({ session_id: id, operation, items: texts.map(says), last_agent: 'desk' })

async function texts(store: RunSessions, id = 's'): Promise<readonly unknown[]> {
  return (await store.read(id)).items.map(({ content }) => content)
}

describe('encrypted sessions keep what the port promises', () => {
  const open = async () => ({ store: shop().sessions(KEY), close: async () => {} })
  test.each(sessionStoreConformance(open))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

describe('at rest', () => {
  test('nothing that was said is in the store, and the same text never looks the same', async () => {
    const { raw, sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'my card is 4711', 'my card is 4711')
    const stored = (await raw.read('s')).items
    expect(JSON.stringify(stored)).not.toContain('4711')
    expect(stored[0]?.['data']).not.toBe(stored[1]?.['data'])
    expect(await texts(sessions(KEY))).toEqual(['my card is 4711', 'my card is 4711'])
  })

  test('an item cannot be read as one of another session, nor with another place or time', async () => {
    const { raw, sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'one', 'two')
    const stored = (await raw.read('s')).items
    await raw.append({ session_id: 'other', operation: 'x:1', items: stored, last_agent: 'desk' })
    await expect(sessions(KEY).read('other')).rejects.toMatchObject({ code: 'session_key' })
    for (const change of [{ at: 5 }, { op: 'run_b:1' }, { n: 7 }, { data: 'AAAA' }, { v: 2 }, { key: '' }]) {
      const store = tampered(raw, (items) => items.map((item) => ({ ...item, ...change })))
      const failure = await shop(store).sessions(KEY).read('s').catch(String)
      expect(failure, JSON.stringify(change)).toMatch(/Session s /u)
    }
  })

  test('an item in clear among encrypted ones is refused; a session that was in clear before is read', async () => {
    const { raw, sessions } = shop()
    await append(raw, 's', 'run_a:1', 'from before')
    await append(sessions(KEY), 's', 'run_b:1', 'since then')
    expect(await texts(sessions(KEY))).toEqual(['from before', 'since then'])
    await append(raw, 's', 'run_c:1', 'slipped in')
    await expect(texts(sessions(KEY))).rejects.toThrow(/not encrypted among others that are/u)
  })
})

describe('another key', () => {
  test('is an error that names no key, and nothing is lost', async () => {
    const { sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'one')
    const failure = await sessions(OTHER).read('s').catch(String)
    expect(failure).toMatch(/Session s was encrypted with another key; it was left as it is/u)
    expect(failure).not.toContain(KEY)
    expect(failure).not.toContain(OTHER)
    expect(await texts(sessions(KEY))).toEqual(['one'])
  })

  test('can follow: the new one first, the former on a line of its own', async () => {
    const { sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'one')
    const both = sessions(`${OTHER}\n${KEY}\n`)
    await append(both, 's', 'run_b:1', 'two')
    expect(await texts(both)).toEqual(['one', 'two'])
    await expect(sessions(KEY).read('s')).rejects.toMatchObject({ code: 'session_key' })
  })

  test('of few characters is refused', () => {
    for (const key of ['', '  \n', 'secret', `${KEY}\nsecret`])
      expect(() => shop().sessions(key), key).toThrow(/fewer than 16 characters|is empty/u)
  })

  test('no key at all: what is encrypted is not taken for a conversation', async () => {
    const { raw, sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'one')
    await expect(plainRunSessions(raw).read('s')).rejects.toThrow(
      /Session s is encrypted, and no key was given/u,
    )
    await expect(plainRunSessions(raw).readRange('s', 0, 1)).rejects.toMatchObject({ code: 'session_key' })
  })
})

describe('items that are too old', () => {
  test('are not read by new runs, and stay what an unfinished run began with', async () => {
    const { raw, clock, sessions } = shop()
    await append(sessions(KEY), 's', 'run_a:1', 'old', 'old too')
    clock.now += 6 * MINUTE
    await append(sessions(KEY), 's', 'run_b:1', 'young')
    clock.now += 6 * MINUTE
    expect(await sessions(KEY).read('s')).toEqual({
      items: [says('young')],
      from: 2,
      upto: 3,
      last_agent: 'desk',
    })
    expect(await sessions(KEY).readRange('s', 0, 3)).toHaveLength(3)
    expect((await raw.read('s')).items).toHaveLength(3)
    clock.now += 10 * MINUTE
    expect(await sessions(KEY).read('s')).toEqual({ items: [], from: 3, upto: 3, last_agent: null })
  })
})
