/** Sessions in Redis, from the command line. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasOwnRedis, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SPEC = `agentspec: 1
name: desk
models: { main: { provider: scripted, script: [{ text: Hello. }] } }
agents: { desk: { model: main } }
session: { store: "\${WHERE}" }
`

describe.skipIf(!hasOwnRedis())('a conversation in Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({ password: 'hunter2hunter2' })
  }, 60_000)
  afterAll(async () => await server[Symbol.asyncDispose]())

  test('goes on in every folder whose spec names the server', async () => {
    using here = createWorkspace({ 'spec.yaml': SPEC })
    using there = createWorkspace({ 'spec.yaml': SPEC })
    const env = { WHERE: server.url('ttl=1h') }
    const at = (cwd: string, ...args: string[]): Promise<CommandResult> =>
      runCommand([...args, '--json'], { cwd, env })
    const first = await at(here.path, 'run', 'spec.yaml', 'Hi', '--session', 'customer-12')
    expect(first.code).toBe(0)
    expect(first.stderr).not.toContain('warning')
    expect(await at(there.path, 'run', 'spec.yaml', 'And?', '--session', 'customer-12')).toMatchObject({
      code: 0,
    })
    const shown = await at(here.path, 'sessions', 'show', 'customer-12', '--spec', 'spec.yaml')
    expect(shown).toMatchObject({
      code: 0,
      json: { last_agent: 'desk', items: [{ content: 'Hi' }, {}, { content: 'And?' }, {}] },
    })
    expect(await at(here.path, 'runs')).toMatchObject({ json: { runs: [{ status: 'completed' }] } })
  })

  test('of several inputs without a name is removed at the end', async () => {
    using here = createWorkspace({ 'spec.yaml': SPEC })
    const env = { WHERE: server.url() }
    const run = await runCommand(['run', 'spec.yaml', 'One', 'Two', '--json'], { cwd: here.path, env })
    expect(run.code).toBe(0)
    const listed = await runCommand(['sessions', '--spec', 'spec.yaml', '--json'], { cwd: here.path, env })
    expect(listed).toMatchObject({ code: 0, json: { sessions: [] } })
  })

  test('warns of a server that forgets, and runs', async () => {
    await using forgetful = await startRedis({ durable: false })
    using here = createWorkspace({ 'spec.yaml': SPEC })
    const env = { WHERE: forgetful.url() }
    const run = await runCommand(['run', 'spec.yaml', 'Hi', '--session', 's'], { cwd: here.path, env })
    expect(run).toMatchObject({ code: 0, stdout: 'Hello.\n' })
    expect(run.stderr).toMatch(/warning: redis:\/\/127\.0\.0\.1:\d+\/0 is not durable \(appendonly no\)/)
  })
})

test('a server that cannot be reached: nothing is started, and no password is shown', async () => {
  using here = createWorkspace({ 'spec.yaml': SPEC })
  const env = { WHERE: 'redis://:hunter2hunter2@127.0.0.1:1/0' }
  const run = await runCommand(['run', 'spec.yaml', 'Hi', '--session', 's', '--json'], {
    cwd: here.path,
    env,
  })
  expect(run).toMatchObject({ code: 1, json: { error: { code: 'store_error' } } })
  expect(run.stderr).toContain('redis://127.0.0.1:1/0: ')
  expect(run.stdout + run.stderr).not.toContain('hunter2')
  expect((await runCommand(['runs', '--json'], { cwd: here.path })).json).toEqual({ runs: [] })
})

test('without the package ioredis, it says what to install', async () => {
  using here = createWorkspace({
    'spec.yaml': SPEC,
    'without.mjs': `import { registerHooks } from 'node:module'
registerHooks({
  resolve(name, context, next) {
    if (name === 'ioredis') throw new Error("Cannot find package 'ioredis'")
    return next(name, context)
  },
})
`,
  })
  const env = { WHERE: 'redis://127.0.0.1:1/0', NODE_OPTIONS: `--import=${here.path}/without.mjs` }
  const run = await runCommand(['run', 'spec.yaml', 'Hi', '--session', 's'], { cwd: here.path, env })
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('Sessions in Redis need the package ioredis')
  expect(run.stderr).toContain('npm install ioredis')
})

test('a run without a session does not need the server', async () => {
  using here = createWorkspace({ 'spec.yaml': SPEC })
  const env = { WHERE: 'redis://127.0.0.1:1/0' }
  expect(await runCommand(['run', 'spec.yaml', 'Hi'], { cwd: here.path, env })).toMatchObject({ code: 0 })
})
