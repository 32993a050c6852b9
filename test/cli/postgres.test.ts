/** A run that machines share through PostgreSQL, from the command line. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import type { PostgresServer } from '../support/postgres-server.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

describe.skipIf(!hasPostgres())('a run in PostgreSQL', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test('pauses here, is approved there, and goes on elsewhere, on the spec it started with', async () => {
    using here = createWorkspace({ 'spec.yaml': SHOP, 'tools.ts': TOOLS })
    using elsewhere = createWorkspace()
    const env = { AGENTSPEC_STORE: await server.createDatabase() }
    const at = (cwd: string, ...args: string[]): Promise<CommandResult> =>
      runCommand([...args, '--json'], { cwd, env })
    const paused = await at(here.path, 'run', 'spec.yaml', 'Go')
    expect(paused).toMatchObject({ code: 4, json: { status: 'paused' } })
    expect(await at(elsewhere.path, 'approvals')).toMatchObject({
      json: { approvals: [{ call_id: 'call_a' }] },
    })
    expect(await at(elsewhere.path, 'approve', '-1')).toMatchObject({ code: 0, json: { pending: 0 } })
    const resumed = await Promise.all([1, 2, 3].map(() => at(elsewhere.path, 'resume', '-1')))
    expect(resumed.map(({ code }) => code ?? -1).toSorted((a, b) => a - b)).toEqual([0, 3, 3])
    expect(await at(here.path, 'runs')).toMatchObject({ json: { runs: [{ status: 'completed' }] } })
  })

  test('needs a server that answers, and says so', async () => {
    using here = createWorkspace({ 'spec.yaml': HELLO })
    const env = { AGENTSPEC_STORE: 'postgres://me:hunter22@127.0.0.1:1/nowhere' }
    const { code, stderr, json } = await runCommand(['run', 'spec.yaml', 'Hi', '--json'], {
      cwd: here.path,
      env,
    })
    expect(code).toBe(1)
    expect(json).toMatchObject({ error: { code: 'store_error' } })
    expect(stderr).toContain('cannot be reached')
    expect(stderr + JSON.stringify(json)).not.toContain('hunter22')
  })
})
