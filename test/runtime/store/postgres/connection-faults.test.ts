/** A connection to PostgreSQL that is cut at any message, or ended by the server: a clean error, and a run that goes on. */
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRuntime } from '../../../../src/runtime/create-runtime.ts'
import { StoreFailure } from '../../../../src/runtime/failures.ts'
import { postgresStore } from '../../../../src/runtime/store/postgres/postgres-store.ts'
import { startRun } from '../../../../src/testing/conformance/run-store-suite.ts'
import { hasPostgres, startPostgres } from '../../../support/postgres-server.ts'
import type { PostgresServer } from '../../../support/postgres-server.ts'
import { survivesCut } from './survives-cut.ts'

/** The whole run is about 150 messages; the long tests cut everywhere. */
const STEP = 23

describe.skipIf(!hasPostgres())('a connection to PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test.each(['before', 'after'] as const)(
    'that is cut %s a message arrives leaves a run that is carried on',
    { timeout: 60_000 },
    async (time) => {
      const database = await server.createDatabase()
      let n = 1
      while (await survivesCut(`${database}?schema=cut_${n}`, { n, time })) n += STEP
      expect(n).toBeGreaterThan(60)
    },
  )

  test('that the server ends in the middle of a transaction fails that transaction, and is replaced', async () => {
    const url = await server.createDatabase()
    const store = await postgresStore(url, { connections: 2 })
    const admin = new Client({ connectionString: url })
    await admin.connect()
    await startRun(store, 'run_a')
    // The append waits for the lock of its run, which is where the server ends it.
    await admin.query('BEGIN')
    await admin.query(`SELECT pg_advisory_xact_lock(hashtextextended('agentspec' || 'run:run_b', 1))`)
    const failing = startRun(store, 'run_b').catch((error: unknown) => error)
    await expect
      .poll(async () => {
        const { rows } = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        )
        return rows.length
      })
      .toBe(1)
    expect(await failing).toBeInstanceOf(StoreFailure)
    await admin.query('COMMIT')
    expect(await store.readJournal('run_b')).toEqual([])
    await startRun(store, 'run_b')
    expect((await store.listRuns()).map((run) => run.run_id)).toEqual(['run_b', 'run_a'])
    await admin.end()
    await store.close()
  })

  test('that ends while nobody uses it is replaced without a word', async () => {
    const url = await server.createDatabase()
    const runtime = createRuntime({ store: await postgresStore(url), environment: {} })
    const admin = new Client({ connectionString: url })
    await admin.connect()
    await startRun(runtime.store, 'run_a')
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agentspec'`,
    )
    await expect.poll(() => runtime.store.readJournal('run_a').catch(() => [])).toHaveLength(1)
    await admin.end()
    await runtime.close()
  })
})
