/** The store in PostgreSQL, on a real server. */
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../../src/runtime/store/postgres/postgres-store.ts'
import { runStoreConformance } from '../../../../src/testing.ts'
import { startRun } from '../../../../src/testing/conformance/run-store-suite.ts'
import { hasPostgres, startPostgres } from '../../../support/postgres-server.ts'
import type { PostgresServer } from '../../../support/postgres-server.ts'

describe.skipIf(!hasPostgres())('a store in PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  let database: string | undefined
  let schemas = 0
  const checks = runStoreConformance(async () => {
    // A schema for each check: a database takes a hundred times as long.
    database ??= await server.createDatabase()
    const url = `${database}?schema=check_${(schemas += 1)}`
    return { store: await postgresStore(url), reopen: () => postgresStore(url), close: async () => {} }
  })
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  test('is created once by processes that open it together', async () => {
    const url = await server.createDatabase()
    const stores = await Promise.all(Array.from({ length: 6 }, () => postgresStore(url)))
    const [first, second] = stores
    if (first === undefined || second === undefined) throw new Error('six stores were opened')
    await startRun(first, 'run_a')
    expect(await second.readJournal('run_a')).toHaveLength(1)
    await Promise.all(stores.map((store) => store.close()))
  })

  test('keeps its tables in a schema of its own, which the URL may name', async () => {
    const url = await server.createDatabase()
    const store = await postgresStore(`${url}?schema=team_a`)
    await startRun(store, 'run_a')
    const other = await postgresStore(url)
    expect(await other.listRuns()).toEqual([])
    expect(store.url).not.toContain('postgres@')
    await Promise.all([store.close(), other.close()])
    await expect(postgresStore(`${url}?schema=x;drop`)).rejects.toMatchObject({ code: 'invalid_store' })
  })

  test('refuses tables of a newer release, and leaves them as they are', async () => {
    const url = await server.createDatabase()
    await (await postgresStore(url)).close()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE agentspec.agentspec_schema SET version = 99')
    await expect(postgresStore(url)).rejects.toMatchObject({
      code: 'store_error',
      message: expect.stringContaining('its schema has version 99'),
    })
    expect((await client.query('SELECT version FROM agentspec.agentspec_schema')).rows).toEqual([
      { version: 99 },
    ])
    await client.end()
  })

  test('says what is wrong with a server or a login, without the password', async () => {
    const url = new URL(await server.createDatabase())
    url.password = 'hunter22'
    const missing = new URL(url)
    missing.pathname = '/nowhere'
    await expect(postgresStore(missing.href)).rejects.toThrow('/nowhere does not exist.')
    const closed = new URL(url)
    closed.port = '1'
    const failure = postgresStore(closed.href)
    await expect(failure).rejects.toThrow('127.0.0.1:1')
    await expect(failure).rejects.not.toThrow('hunter22')
  })

  test(
    'loses nothing acknowledged when its server crashes, and goes on once it is back',
    { timeout: 60_000 },
    async (context) => {
      if (server.crash === null) return context.skip()
      const store = await postgresStore(await server.createDatabase())
      await startRun(store, 'run_a')
      await server.crash()
      await expect(store.readJournal('run_a')).rejects.toMatchObject({ code: 'store_error' })
      await server.start()
      expect(await store.readJournal('run_a')).toHaveLength(1)
      await store.close()
    },
  )
})
