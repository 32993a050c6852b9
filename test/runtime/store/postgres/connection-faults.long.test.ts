/** A connection to PostgreSQL that is cut at each message of a run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPostgres, startPostgres } from '../../../support/postgres-server.ts'
import type { PostgresServer } from '../../../support/postgres-server.ts'
import { survivesCut } from './survives-cut.ts'

describe.skipIf(!hasPostgres())('a run over a connection to PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  // A message that did not arrive leaves the server as the answer to the one before it does, so both together are all places.
  test.each([
    ['before', 1],
    ['after', 2],
  ] as const)('is carried on wherever that is cut %s a message arrives', async (time, first) => {
    const database = await server.createDatabase()
    let n = first
    while (await survivesCut(`${database}?schema=cut_${n}`, { n, time })) n += 2
    expect(n).toBeGreaterThan(60)
  })
})
