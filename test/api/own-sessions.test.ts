/** A session store of one's own, as docs/stores.md shows it: it keeps what the port promises, and specs name it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sessionStoreConformance } from '../../src/testing.ts'
import { folderSessions } from '../support/folder-sessions.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

describe('the session store of the example', () => {
  const checks = sessionStoreConformance(async () => {
    const { path, ...workspace } = createWorkspace()
    const spec = { name: 'desk', version: '1.0.0' }
    return {
      store: folderSessions({ spec, folder: path, environment: {} }),
      close: async () => workspace[Symbol.dispose](),
    }
  })
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const source = (): string => {
  const example = text('test/support/folder-sessions.ts').replaceAll("'../../src/index.ts'", "'agentspec'")
  return example.slice(example.indexOf('import '))
}

test('the documentation shows this very code', () => {
  expect(text('docs/stores.md')).toContain(source())
})

test('a spec names it, and it runs from the archived source', async () => {
  using workspace = createWorkspace({
    'store.ts': source(),
    'spec.yaml': `agentspec: 1
name: desk
models: { main: { provider: scripted, script: [{ tool_calls: [{ name: book }] }, { text: Done. }] } }
agents: { desk: { model: main, tools: [book] } }
tools: { book: { type: function, handler: "./tools.ts#book", needs_approval: true } }
session: { store: { handler: "./store.ts#folderSessions" } }
`,
    'tools.ts': 'export const book = () => "booked"\n',
  })
  const at = (...args: string[]) => runCommand([...args, '--json'], { cwd: workspace.path })
  expect(await at('run', 'spec.yaml', 'Book', '--session', 'customer-12')).toMatchObject({ code: 4 })
  workspace.write('store.ts', 'export const folderSessions = () => { throw new Error("another one") }\n')
  expect(await at('approve', '-1')).toMatchObject({ code: 0 })
  expect(await at('resume', '-1')).toMatchObject({ code: 0, json: { final_output: 'Done.' } })
  workspace.write('store.ts', source())
  const ids = ['--spec', 'spec.yaml']
  expect(await at('sessions', 'list')).toMatchObject({ json: { sessions: [] } })
  expect(await at('sessions', 'list', ...ids)).toMatchObject({
    json: { sessions: [{ session_id: 'customer-12', last_agent: 'desk', items: 4 }] },
  })
  const branch = await at('sessions', 'branch', 'customer-12', '--at', '1', '--as', 'copy', ...ids)
  expect(branch).toMatchObject({ code: 0, json: { session_id: 'copy', last_agent: 'desk' } })
  expect(await at('sessions', 'clear', 'customer-12', ...ids)).toMatchObject({ code: 0 })
  expect(await at('sessions', 'show', 'customer-12', ...ids)).toMatchObject({ json: { items: [] } })
  expect(await at('sessions', 'show', 'copy', ...ids)).toMatchObject({ json: { items: [{}, {}, {}, {}] } })
  expect(await at('sessions', 'rm', 'copy', ...ids)).toMatchObject({ code: 0 })
  expect(await at('sessions', 'show', 'copy', ...ids)).toMatchObject({ code: 2 })
})

test.each([
  ['export const folderSessions = () => ({ read() {} })', 'it has no function append'],
  ['export const folderSessions = () => { throw new Error("no disk") }', 'cannot be opened: no disk'],
])('a function that gives no store: nothing is started, and it says why', async (code, why) => {
  using workspace = createWorkspace({
    'store.ts': code,
    'spec.yaml': `agentspec: 1
name: desk
models: { main: { provider: scripted, script: [{ text: Done. }] } }
agents: { desk: { model: main } }
session: { store: { handler: "./store.ts#folderSessions" } }
`,
  })
  const run = await runCommand(['run', 'spec.yaml', 'Hi', '--session', 's'], { cwd: workspace.path })
  expect(run.code).toBe(2)
  expect(run.stderr).toContain(why)
  const runs = await runCommand(['runs', '--json'], { cwd: workspace.path })
  expect(runs.json).toEqual({ runs: [] })
})
