/** Kill -9 at every append of a run in PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import type { PostgresServer } from '../support/postgres-server.ts'
import { sweep } from './kill-sweep.ts'

describe.skipIf(!hasPostgres())('kill -9 at every append of a run in PostgreSQL', () => {
  let server: PostgresServer
  let database: string | undefined
  let schemas = 0

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  sweep(async () => {
    database ??= await server.createDatabase()
    return `${database}?schema=kill_${(schemas += 1)}`
  })
})
