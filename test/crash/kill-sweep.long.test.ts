import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectUndisturbed } from '../support/crash-expectations.ts'
import { crashAt } from '../support/crash-sweep.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import type { PostgresServer } from '../support/postgres-server.ts'

const timeout = 600_000

/** More appends than the run makes; the sweep ends at the first one it does not reach. */
const MOST_APPENDS = 30

/** @param freshStore the URL of an empty store for each run; undefined: a SQLite file of its own */
function sweep(freshStore: () => Promise<string | undefined>): void {
  for (const when of ['before', 'after'] as const) {
    test(`${when} it is durable, in the process that starts the run`, { timeout }, async () => {
      let inDoubt = 0
      for (let at = 1; at <= MOST_APPENDS; at++) {
        const outcome = await crashAt({ first: at, when }, await freshStore())
        if (!outcome.died) return expect(at).toBeGreaterThan(3)
        if (outcome.atCrash.length > 0) expectUndisturbed(outcome)
        inDoubt += outcome.inDoubt
      }
      expect(inDoubt).toBeGreaterThan(0)
    })

    test(`${when} it is durable, in the process that resumes it`, { timeout }, async () => {
      for (let at = 1; at <= MOST_APPENDS; at++) {
        const outcome = await crashAt({ first: 0, second: at, when }, await freshStore())
        if (!outcome.died && outcome.journal.length === 0) return expect(at).toBeGreaterThan(3)
        expectUndisturbed(outcome)
      }
    })
  }
}

describe('kill -9 at every append of a run in SQLite', () => {
  sweep(async () => undefined)
})

describe.skipIf(!hasPostgres())('kill -9 at every append of a run in PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  sweep(() => server.createDatabase())
})
