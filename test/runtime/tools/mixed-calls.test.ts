import { describe, expect, test } from 'vitest'
import type { Program, ToolDefinition } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { startServer } from '../../support/http-server.ts'
import {
  agent,
  agentTool,
  compiled,
  functionTool,
  httpTool,
  program,
  scripted,
} from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'

const SOURCE = `
export const quick = () => 'quick'
export function wait(args, ctx) { return new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(new Error('stopped')))) }
export function busy() { for (;;); }
export function fail() { throw new Error('broken') }
`

/** Calls of the given tools in one turn, then an answer. */
function together(tools: readonly ToolDefinition[], inner: ScriptStep, names?: readonly string[]): Program {
  const calls = (names ?? tools.map(({ name }) => name)).map((name, n) => ({
    name,
    arguments: { input: 'x' },
    call_id: `${name}_${n}`,
  }))
  return program({
    tools,
    source: SOURCE,
    overrides: {
      agents: { main: agent({ tools: tools.map(({ name }) => name) }), inner: agent() },
      models: {
        main: scripted({ main: [{ tool_calls: calls }, { text: 'done' }], inner: [inner, inner, inner] }),
      },
    },
  })
}

/** The most calls that had begun and not ended, at any place of a journal. */
function mostAtOnce(events: readonly JournalEvent[]): number {
  const running = new Set<string>()
  return Math.max(
    ...events.map((event) => {
      if (event.type === 'tool.started') running.add(event.call_id)
      if (event.type === 'tool.completed') running.delete(event.call_id)
      return running.size
    }),
  )
}

test('no more calls run at once than the spec allows, of whatever kinds', async () => {
  await using server = await startServer((_request, response) => response.end('quick'))
  const tools = [
    functionTool('fn', { handler: 'tools.ts#quick' }),
    functionTool('worker', { handler: 'tools.ts#quick', isolation: 'worker' }),
    httpTool('http', { url: server.url, parameters: true }),
    agentTool('agent', 'inner'),
  ]
  const names = ['worker', 'http', 'agent', 'fn', 'worker', 'http', 'fn', 'agent']
  const spec = together(tools, { text: 'quick' }, names)
  for (const limit of [1, 3]) {
    const runtime = runtimeOver()
    const limited = { ...spec, run: { ...spec.run, max_tool_concurrency: limit } }
    const { run_id, status } = await runtime.start(compiled(limited), 'Go').result
    expect(status).toBe('completed')
    expect(Object.values(await outputs(runtime, run_id))).toEqual(names.map(() => 'quick'))
    expect(Object.keys(await outputs(runtime, run_id))).toEqual(names.map((name, n) => `${name}_${n}`))
    expect(mostAtOnce(await runtime.events(run_id))).toBe(limit)
  }
})

test('one that fails the run stops the others, of whatever kinds', async () => {
  let closed = (): void => {}
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  await using server = await startServer((_request, response) => void response.on('close', closed))
  const tools = [
    functionTool('fail', { isolation: 'worker', failure_error_function: { kind: 'raise' } }),
    functionTool('wait'),
    functionTool('busy', { isolation: 'worker' }),
    httpTool('http', { url: server.url, parameters: true }),
    agentTool('agent', 'inner'),
  ]
  const runtime = runtimeOver()
  const result = await runtime.start(compiled(together(tools, { text: 'late', delay: 3_600_000 })), 'Go')
    .result
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'tool_failed', tool: 'fail', call_id: 'fail_0' },
  })
  await isClosed
})

describe('a decision about a request', () => {
  const tool = httpTool('pay', {
    method: 'POST',
    url: '${BASE}/pay',
    headers: { Authorization: 'Bearer ${API_TOKEN}' },
    needs_approval: true,
  })
  const spec = program({
    script: [{ tool_calls: [{ name: 'pay', arguments: {}, call_id: 'c' }] }, { text: 'done' }],
    tools: [tool],
  })

  test('holds while it goes to the same place, whatever its headers are', async () => {
    await using server = await startServer((_request, response) => response.end('paid'))
    const store = memoryStore()
    const first = createRuntime({ store, environment: { BASE: server.url, API_TOKEN: 'first-token' } })
    const { run_id, interruptions } = await first.start(compiled(spec), 'Go').result
    expect(interruptions).toMatchObject([{ kind: 'http', tool: 'pay' }])
    await first.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    const second = createRuntime({
      store,
      environment: { BASE: `${server.url}/v2`, API_TOKEN: 'second-token' },
    })
    expect(await second.resume(run_id).result).toMatchObject({ status: 'completed' })
    expect(server.requests).toMatchObject([
      { path: '/v2/pay', headers: { authorization: 'Bearer second-token' } },
    ])
    await second.close()
  })

  test('is dropped when it would go elsewhere', async () => {
    await using server = await startServer((_request, response) => response.end('paid'))
    const store = memoryStore()
    const first = createRuntime({
      store,
      environment: { BASE: 'https://api.example', API_TOKEN: 'first-token' },
    })
    const { run_id } = await first.start(compiled(spec), 'Go').result
    await first.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    const second = createRuntime({ store, environment: { BASE: server.url, API_TOKEN: 'first-token' } })
    const again = await second.resume(run_id).result
    expect(again).toMatchObject({ status: 'paused', interruptions: [{ tool: 'pay', kind: 'http' }] })
    expect(server.requests).toEqual([])
    const journal = JSON.stringify(await second.events(run_id))
    expect(journal).not.toContain('first-token')
    await second.close()
  })
})

test('a timeout longer than any timer is not a short one', async () => {
  const runtime = runtimeOver()
  const month = 60 * 24 * 3_600_000
  const source = `export const soon = () => new Promise((resolve) => setTimeout(() => resolve('in time'), 50))`
  const spec = program({
    script: [{ tool_calls: [{ name: 'soon', call_id: 'c' }] }, { text: 'done' }],
    tools: [functionTool('soon', { timeout: month })],
    source,
  })
  const { run_id } = await runtime.start(compiled(spec), 'Go').result
  expect(await outputs(runtime, run_id)).toEqual({ c: 'in time' })
})
