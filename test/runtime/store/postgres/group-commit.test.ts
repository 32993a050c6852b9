/** Appends that are due together share a transaction of PostgreSQL, and none of them suffers from another. */
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../../src/runtime/store/postgres/postgres-store.ts'
import type { RunStore } from '../../../../src/runtime/store/run-store.ts'
import {
  addedInput,
  journalBatch,
  startRun,
  take,
} from '../../../../src/testing/conformance/run-store-suite.ts'
import { hasPostgres, startPostgres } from '../../../support/postgres-server.ts'
import type { PostgresServer } from '../../../support/postgres-server.ts'

describe.skipIf(!hasPostgres())('appends to PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  /** How many transactions the events of each run came with. */
  async function transactions(url: string): Promise<number> {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('SELECT count(DISTINCT xmin::text) AS n FROM agentspec.events')
    await client.end()
    return Number((rows[0] as { readonly n: string }).n)
  }

  async function openStore(): Promise<{ readonly store: RunStore; readonly url: string }> {
    const url = await server.createDatabase()
    return { store: await postgresStore(url), url }
  }

  test('of one tick are one transaction', async () => {
    const { store, url } = await openStore()
    await Promise.all(Array.from({ length: 25 }, (_, index) => startRun(store, `run_${index}`)))
    expect(await transactions(url)).toBe(1)
    expect(await store.listRuns()).toHaveLength(25)
    await startRun(store, 'run_last')
    expect(await transactions(url)).toBe(2)
    await store.close()
  })

  test('each see what the one before them did, on one run and on one session', async () => {
    const { store } = await openStore()
    const session = (run: string) => ({
      session_id: 's',
      operation: `${run}:1`,
      items: [{ role: 'user', content: run }],
      last_agent: 'desk',
    })
    const outcomes = await Promise.all([
      store.append(journalBatch('run_a', 0, { session: session('run_a') })),
      store.append(journalBatch('run_a', 0)),
      store.append(journalBatch('run_b', 0, { session: session('run_b') })),
    ])
    expect(outcomes).toEqual([
      { ok: true },
      { ok: false, why: 'behind', events: [addedInput('run_a', 1)] },
      { ok: true },
    ])
    const { items } = await store.sessions.read('s')
    expect(items.map(({ content }) => content)).toEqual(['run_a', 'run_b'])
    await store.close()
  })

  test('fail alone: what the database, the journal or a lease refuses takes no other along', async () => {
    const { store } = await openStore()
    const lost = await take(store, 'run_fenced', { by: 'one' })
    await take(store, 'run_fenced', { by: 'two', isGone: () => true })
    // PostgreSQL has no such character: it refuses the whole statement.
    const nul = { session_id: 'a\0b', operation: 'run_bad:1', items: [], last_agent: 'desk' }
    const outcomes = await Promise.allSettled([
      store.append(journalBatch('run_one', 0)),
      store.append(journalBatch('run_bad', 0, { session: nul })),
      store.append(journalBatch('run_fenced', 0, { lease: lost })),
      store.append(journalBatch('run_gone', 3)),
      store.append(journalBatch('run_two', 0)),
    ])
    expect(outcomes).toMatchObject([
      { value: { ok: true } },
      { reason: { code: 'store_error' } },
      { value: { ok: false, why: 'fenced' } },
      { reason: { code: 'store_error', message: expect.stringContaining('was removed') } },
      { value: { ok: true } },
    ])
    const listed = new Set((await store.listRuns()).map((run) => run.run_id))
    expect(listed).toEqual(new Set(['run_one', 'run_two']))
    await store.close()
  })

  test('of processes that want the same runs in other orders all land', async () => {
    const { store, url } = await openStore()
    const other = await postgresStore(url)
    const names = Array.from({ length: 20 }, (_, index) => `run_${index}`)
    const outcomes = await Promise.all([
      ...names.map((name) => store.append(journalBatch(name, 0))),
      ...names.toReversed().map((name) => other.append(journalBatch(name, 0))),
    ])
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(20)
    expect(await store.listRuns()).toHaveLength(20)
    await Promise.all([store.close(), other.close()])
  })

  test('that wait are finished before the store is closed', async () => {
    const { store, url } = await openStore()
    const appended = startRun(store, 'run_a')
    await store.close()
    await appended
    const again = await postgresStore(url)
    expect(await again.readJournal('run_a')).toHaveLength(1)
    await again.close()
  })
})
