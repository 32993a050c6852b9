/** Many at once over one PostgreSQL database. */
import { afterAll, beforeAll, describe } from 'vitest'
import { postgresStore } from '../../../../src/runtime/store/postgres/postgres-store.ts'
import { hasPostgres, startPostgres } from '../../../support/postgres-server.ts'
import type { PostgresServer } from '../../../support/postgres-server.ts'
import { crowdTests } from '../crowd.ts'

describe.skipIf(!hasPostgres())('on one PostgreSQL database', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  crowdTests(async () => {
    const url = await server.createDatabase()
    return { open: () => postgresStore(url, { connections: 2 }), close: async () => {} }
  })
})
