/** A runtime that keeps its servers for the next run: each starts once, until its own entry is another. */
import { expect, onTestFinished, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { eventsOf, logOf, startedIn, stillRunning, testServer, withServers } from '../../support/mcp.ts'
import { agent, compiled } from '../../support/program.ts'
import { createWorkspace } from '../../support/workspace.ts'

const NOTE: ScriptStep = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }
const SCRIPT = [NOTE, { text: 'ok' }] as const

function folder(): string {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  return workspace.path
}

const keeping = (): Runtime => createRuntime({ store: memoryStore(), environment: {}, keepServers: true })

test('runs one after the other use one process, which ends with the runtime', async () => {
  const path = folder()
  const runtime = keeping()
  const spec = compiled(withServers({ notes: testServer('good', path) }, SCRIPT))
  const first = await eventsOf(runtime.start(spec, 'Go'))
  const second = await eventsOf(runtime.start(spec, 'Go'))
  const connected = [first, second].map(
    (events) => events.filter(({ type }) => type === 'mcp.connected').length,
  )
  expect(connected).toEqual([1, 0])
  expect(logOf(path).filter((line) => line.startsWith('call'))).toHaveLength(2)
  expect(startedIn(path)).toHaveLength(1)
  expect(stillRunning(path)).toEqual([true])
  await runtime.close()
  expect(stillRunning(path)).toEqual([false])
})

test('runs at the same time do not share one', async () => {
  const path = folder()
  const runtime = keeping()
  const spec = compiled(withServers({ notes: testServer('good', path) }, SCRIPT))
  const results = await Promise.all([runtime.start(spec, 'Go').result, runtime.start(spec, 'Go').result])
  expect(results.map(({ status }) => status)).toEqual(['completed', 'completed'])
  expect(startedIn(path)).toHaveLength(2)
  await runtime.close()
  expect(stillRunning(path)).toEqual([false, false])
})

test('a server goes on over a change of the spec elsewhere; a change of its entry, or its end there, ends it', async () => {
  const [notes, others] = [folder(), folder()]
  const runtime = keeping()
  const both = {
    notes: testServer('good', notes),
    others: testServer('optional', others, { tool_filter: { allow: [] } }),
  }
  const run = async (
    servers: typeof both | Pick<typeof both, 'notes'>,
    instructions: string,
  ): Promise<void> => {
    const main = agent({ mcp_servers: Object.keys(servers), instructions: { template: instructions } })
    const given = { overrides: { mcp_servers: servers, agents: { main } } }
    const { status } = await runtime.start(compiled(withServers(servers, SCRIPT, given)), 'Go').result
    expect(status).toBe('completed')
  }
  await run(both, 'Help.')
  await run(both, 'Help them.')
  expect([startedIn(notes).length, startedIn(others).length]).toEqual([1, 1])
  await run({ ...both, notes: { ...both.notes, timeout: 12_345 } }, 'Help them.')
  expect([startedIn(notes).length, startedIn(others).length]).toEqual([2, 1])
  await expect.poll(() => stillRunning(notes), { timeout: 20_000 }).toEqual([false, true])
  await run({ notes: { ...both.notes, timeout: 12_345 } }, 'Help them.')
  await expect.poll(() => stillRunning(others), { timeout: 20_000 }).toEqual([false])
  expect(startedIn(notes)).toHaveLength(2)
  await runtime.close()
  expect(stillRunning(notes)).toEqual([false, false])
})

test('one that has died is started again for the next run', async () => {
  const path = folder()
  const runtime = keeping()
  const spec = compiled(withServers({ notes: testServer('exits-once', path) }, SCRIPT))
  for (const _ of [1, 2]) expect((await runtime.start(spec, 'Go').result).status).toBe('completed')
  expect(startedIn(path)).toHaveLength(2)
  await runtime.close()
  expect(stillRunning(path)).toEqual([false, false])
})
