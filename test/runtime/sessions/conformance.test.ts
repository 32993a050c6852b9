/** Every session store keeps the promises of the port. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkedSessions } from '../../../src/runtime/sessions/checked-sessions.ts'
import { openSessionStore } from '../../../src/runtime/sessions/open-session-store.ts'
import { redisSessions } from '../../../src/runtime/sessions/redis/redis-sessions.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { memorySessions, sessionStoreConformance } from '../../../src/testing.ts'
import type { OpenedSessionStore } from '../../../src/testing.ts'
import { hasPostgres, startPostgres } from '../../support/postgres-server.ts'
import type { PostgresServer } from '../../support/postgres-server.ts'
import { hasRedis, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'

function keepsPromises(open: () => Promise<OpenedSessionStore>): void {
  const checks = sessionStoreConformance(open)
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
}

async function opened(url: string, cwd: string): Promise<OpenedSessionStore> {
  const found = await openSessionStore(url, { store: memoryStore(), cwd, warn: () => {} })
  if (found.store === 'run_store') throw new Error('a store of its own was expected')
  const { store } = found
  return {
    store,
    close: async () => {
      await store.close?.()
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'agentspec-sessions-'))

describe('memory:', () => {
  keepsPromises(() => opened('memory:', folder()))
})

describe('sqlite:PATH', () => {
  keepsPromises(() => opened('sqlite:sessions.db', folder()))
})

describe('a store of somebody else, as the runtime uses it', () => {
  keepsPromises(async () => ({
    store: checkedSessions(memorySessions(), 'theirs', (text) => text),
    close: async () => {},
  }))
})

describe.skipIf(!hasPostgres())('postgres:', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(async () => await server[Symbol.asyncDispose]())
  keepsPromises(async () => opened(await server.createDatabase(), folder()))
})

describe.skipIf(!hasRedis())('redis:', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  }, 60_000)
  afterAll(async () => await server[Symbol.asyncDispose]())
  keepsPromises(async () => {
    const store = await redisSessions(server.url())
    return { store, close: async () => await store.close?.() }
  })
})
