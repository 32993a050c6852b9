/** kill -9 around the writes to a session that another store keeps than the one that keeps the run. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSessionStore } from '../../src/runtime/sessions/open-session-store.ts'
import { memoryStore } from '../../src/runtime/store/memory/memory-store.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { hasOwnRedis, startRedis } from '../support/redis-server.ts'
import { createWorkspace } from '../support/workspace.ts'

const CRASH_SESSION = fileURLToPath(new URL('../support/crash-session.ts', import.meta.url))

const specWith = (sessions: string): string => `agentspec: 1
name: crash
models: { main: { provider: scripted, script: [{ tool_calls: [{ name: read }] }, { text: finished }] } }
agents: { main: { model: main, tools: [read] } }
tools: { read: { type: function, handler: "./tools.ts#read" } }
session: { store: "mortal:${sessions}" }
`

type End = { readonly died: true } | { readonly died: false; readonly result: unknown }

function start(args: readonly string[]): Promise<End> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CRASH_SESSION, ...args], (error, stdout, stderr) => {
      if (error === null) resolve({ died: false, result: JSON.parse(stdout) })
      else if (error.signal === 'SIGKILL') resolve({ died: true })
      else reject(new Error(`${error.message}\n${stderr}`))
    })
  })
}

/** Dies at an append, goes on in another process, and says what the session has. */
async function crashAt(
  append: number,
  when: string,
  sessionsIn: (folder: string) => string,
): Promise<unknown[]> {
  const workspace = createWorkspace({ 'tools.ts': 'export const read = () => "read"\n' })
  onTestFinished(() => workspace[Symbol.dispose]())
  const sessions = sessionsIn(workspace.path)
  workspace.write('spec.yaml', specWith(sessions))
  const runs = `sqlite:${join(workspace.path, 'runs.db')}`
  const args = [join(workspace.path, 'spec.yaml'), runs]
  expect(await start([...args, String(append), when])).toEqual({ died: true })
  const store = await openStore(runs, { cwd: workspace.path })
  const [run] = await store.listRuns()
  await store.close()
  expect(run?.status).toBe('active')
  const resumed = await start([...args, '0', when, run?.run_id ?? ''])
  expect(resumed).toMatchObject({ died: false, result: { status: 'completed', final_output: 'finished' } })
  const opened = await openSessionStore(sessions, { store: memoryStore(), cwd: '/', warn: () => {} })
  if (opened.store === 'run_store') throw new Error('the sessions are elsewhere')
  const page = await opened.store.read('crash')
  await opened.store.close?.()
  return page.items.map((item) => item['type'])
}

const UNDISTURBED = ['message', 'function_call', 'function_call_output', 'message']
const timeout = 60_000

describe('kill -9', () => {
  test.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
    [3, 'before'],
    [3, 'after'],
  ])(
    'at append %i to the session, %s it landed: everything is there once',
    { timeout },
    async (append, when) => {
      const items = await crashAt(append, when, (folder) => `sqlite:${join(folder, 'sessions.db')}`)
      expect(items).toEqual(UNDISTURBED)
    },
  )

  test.skipIf(!hasOwnRedis())(
    'after an append landed in Redis: everything is there once',
    { timeout },
    async () => {
      await using server = await startRedis()
      expect(await crashAt(3, 'after', () => server.url())).toEqual(UNDISTURBED)
      expect(await crashAt(1, 'after', () => server.url())).toEqual(UNDISTURBED)
    },
  )
})
