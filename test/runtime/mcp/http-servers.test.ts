/** Servers over HTTP: sessions that are forgotten and ended, connections that break, tokens, and both generations of servers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { McpServerDefinition } from '../../../src/compiler/program-mcp.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { eventsOf, serverProgram, withServers } from '../../support/mcp.ts'
import { compiled, functionTool, mcpServer } from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'
import { startSessionServer } from './session-server.ts'
import type { SessionServer } from './session-server.ts'

const NOTE: ScriptStep = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }
const OK: ScriptStep = { text: 'ok' }

function over(url: string, given: Partial<McpServerDefinition> = {}): McpServerDefinition {
  return mcpServer({ transport: 'streamable_http', url, negotiation: 'auto', ...given })
}

async function sessionServer(given: Parameters<typeof startSessionServer>[0] = {}): Promise<SessionServer> {
  const server = await startSessionServer(given)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

describe('a session over HTTP', () => {
  test('is ended with its run, and not left to the server', async () => {
    const server = await sessionServer()
    const result = await runtimeOver().start(
      compiled(withServers({ notes: over(server.url) }, [NOTE, OK])),
      'Go',
    ).result
    expect(result).toMatchObject({ status: 'completed', error: null })
    expect(server.log.filter((line) => line === 'DELETE')).toHaveLength(1)
    expect(server.sessions).toBe(0)
  })

  test('that the server has forgotten is begun anew, and the call is made once', async () => {
    const server = await sessionServer()
    const source = `export function forget() { globalThis.forgetSessions(); return 'forgotten' }`
    Object.assign(globalThis, { forgetSessions: server.forget })
    const script = [{ tool_calls: [{ name: 'forget', arguments: {} }] }, NOTE, OK]
    const overrides = { tools: { forget: functionTool('forget') } }
    const runtime = runtimeOver()
    const spec = compiled(
      withServers({ notes: over(server.url) }, script, {
        agent: { tools: ['forget'] },
        overrides,
        source,
      }),
    )
    const { run_id, error } = await runtime.start(spec, 'Go').result
    expect(error).toBeNull()
    expect(Object.values(await outputs(runtime, run_id))).toEqual(['forgotten', 'noted hi'])
    expect(server.log.filter((line) => line === 'POST initialize')).toHaveLength(2)
    expect(server.log.filter((line) => line === 'POST tools/call')).toHaveLength(2)
  })

  test('that breaks off in a call makes an error of the call, and goes on for the next', async () => {
    const server = await sessionServer({ breaks: 1 })
    const runtime = runtimeOver()
    const spec = compiled(withServers({ notes: over(server.url) }, [NOTE, NOTE, OK]))
    const { run_id } = await runtime.start(spec, 'Go').result
    const { call_1_1, call_2_1 } = await outputs(runtime, run_id)
    expect(call_1_1).toContain('An error occurred while running the tool')
    expect(call_2_1).toBe('noted hi')
  })

  test('that breaks off in a call is tried again, after longer and longer waits', async () => {
    const server = await sessionServer({ breaks: 2 })
    const given = { max_retry_attempts: 2, retry_backoff_seconds_base: 0.05 }
    const runtime = runtimeOver()
    const began = performance.now()
    const spec = compiled(withServers({ notes: over(server.url, given) }, [NOTE, OK]))
    const { run_id } = await runtime.start(spec, 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'noted hi' })
    expect(performance.now() - began).toBeGreaterThan(150)
  })
})

describe('a server that wants a token', () => {
  test('ends the run with what to write where', async () => {
    const server = await sessionServer({ token: 'Bearer right' })
    const spec = compiled(withServers({ crm: over(server.url) }, [OK]))
    const { error } = await runtimeOver().start(spec, 'Go').result
    expect(error).toMatchObject({ code: 'mcp_connection_failed' })
    expect(error?.message).toContain('MCP server crm cannot be used: it wants authorization (401)')
    expect(error?.message).toContain('resource_metadata="https://auth.example.com"')
    expect(error?.message).toContain('mcp_servers.crm: { authorization: "Bearer ${TOKEN}" }')
  })

  test('says so of a token it does not take', async () => {
    const server = await sessionServer({ token: 'Bearer right' })
    const spec = compiled(withServers({ crm: over(server.url, { authorization: 'Bearer old' }) }, [OK]))
    const { error } = await runtimeOver().start(spec, 'Go').result
    expect(error?.message).toContain('it does not take the authorization of mcp_servers.crm (401)')
  })

  test('takes the one that is given', async () => {
    const server = await sessionServer({ token: 'Bearer right' })
    const spec = compiled(
      withServers({ crm: over(server.url, { authorization: 'Bearer right' }) }, [NOTE, OK]),
    )
    expect((await runtimeOver().start(spec, 'Go').result).status).toBe('completed')
  })
})

const ASKING = fileURLToPath(new URL('children/asking-server.ts', import.meta.url))

/** The 2.x server over HTTP: its URL, and what its tools wrote down. */
async function asking(mode: 'stateless' | 'modern'): Promise<{ url: string; said: () => string }> {
  const workspace = createWorkspace()
  const log = join(workspace.path, 'server.log')
  const child = spawn(process.execPath, [ASKING, log, 'http', mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
    workspace[Symbol.dispose]()
  })
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, said: () => readFileSync(log, 'utf8') }
  }
  throw new Error('the server did not start')
}

const SEEN: ScriptStep = { tool_calls: [{ name: 'secrets', arguments: { env: 'prod' } }] }

describe.each([
  ['stateless', 'auto', '2026-07-28'],
  ['stateless', 'legacy', '2025-11-25'],
  ['stateless', '2025-06-18', '2025-06-18'],
  ['modern', 'auto', '2026-07-28'],
  ['modern', '2026-07-28', '2026-07-28'],
] as const)('a %s 2.x server, negotiated as %s', (mode, negotiation, protocol) => {
  test(`is spoken to in ${protocol}, with the values of a tool_meta function`, async () => {
    const { url, said } = await asking(mode)
    const source = `export const meta = (args, ctx) => ({ env: args.env, of: ctx.server + '/' + ctx.tool })`
    const server = over(url, { negotiation, tool_meta: { handler: 'tools.ts#meta' } })
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(withServers({ ops: server }, [SEEN, OK], { source })), 'Go')
    const events = await eventsOf(stream)
    const { run_id, error } = await stream.result
    expect(error).toBeNull()
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'seen prod' })
    expect(connected(events)).toMatchObject([{ name: 'asking', version: '2.0.0', protocol }])
    expect(said()).toContain('"env":"prod","of":"ops/secrets"')
  })
})

test('a server that speaks only the newer generation says so to a client of the older one', async () => {
  const { url } = await asking('modern')
  const spec = compiled(withServers({ ops: over(url, { negotiation: 'legacy' }) }, [SEEN, OK]))
  const { error } = await runtimeOver().start(spec, 'Go').result
  expect(error?.code).toBe('mcp_connection_failed')
  expect(error?.message).toMatch(/protocol version/i)
})

test('a question of a server that keeps no session is answered over HTTP', async () => {
  const { url } = await asking('modern')
  const runtime = runtimeOver()
  const deploy: ScriptStep = { tool_calls: [{ name: 'deploy', arguments: { env: 'prod' } }] }
  const paused = await runtime.start(compiled(withServers({ ops: over(url) }, [deploy, OK])), 'Go').result
  expect(paused.interruptions).toMatchObject([{ kind: 'elicitation' }])
  const order = { calls: [], decision: 'approve', by: 'ana', result: { sure: true, note: 'now' } } as const
  await runtime.decide(paused.run_id, order)
  await runtime.resume(paused.run_id).result
  expect(await outputs(runtime, paused.run_id)).toEqual({ call_1_1: 'deployed to prod: now' })
})

/** The everything server of npm over HTTP. */
async function everything(transport: 'sse' | 'streamableHttp'): Promise<string> {
  const port = await freePort()
  const child = spawn(process.execPath, [serverProgram('everything'), transport], {
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes(`port ${port}`)) return `http://127.0.0.1:${port}`
  }
  throw new Error('the server did not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('the everything server of npm', () => {
  const LONG: ScriptStep = {
    tool_calls: [{ name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 2 } }],
  }

  test.each([
    ['sse', '/sse'],
    ['streamableHttp', '/mcp'],
  ] as const)('works over %s, and its progress is seen', async (transport, path) => {
    const url = `${await everything(transport)}${path}`
    const given = transport === 'sse' ? { transport, negotiation: 'legacy' } : {}
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(withServers({ all: over(url, given) }, [LONG, OK])), 'Go')
    const events = await eventsOf(stream)
    const { run_id, error } = await stream.result
    expect(error).toBeNull()
    expect(Object.values(await outputs(runtime, run_id))[0]).toContain('Long running operation completed')
    // The last one may come together with the result, which ends the progress of a call.
    expect(events.find(({ type }) => type === 'tool.progress')).toMatchObject({ text: '1/2' })
  })

  test('asks over streamable HTTP', async () => {
    const url = `${await everything('streamableHttp')}/mcp`
    const script = [{ tool_calls: [{ name: 'trigger-elicitation-request', arguments: {} }] }, OK]
    const runtime = runtimeOver()
    const paused = await runtime.start(compiled(withServers({ all: over(url) }, script)), 'Go').result
    expect(paused.interruptions).toMatchObject([{ kind: 'elicitation', server: 'all' }])
    await runtime.decide(paused.run_id, {
      calls: [],
      decision: 'approve',
      by: 'ana',
      result: { name: 'Ana' },
    })
    await runtime.resume(paused.run_id).result
    expect(JSON.stringify(await outputs(runtime, paused.run_id))).toContain('Ana')
  })
})

test('the memory server of npm keeps what it was told from one run to the next', async () => {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const memory = mcpServer({
    command: process.execPath,
    args: [serverProgram('memory')],
    cwd: workspace.path,
    env: { MEMORY_FILE_PATH: join(workspace.path, 'memory.jsonl') },
    use_structured_content: true,
  })
  const entity = { name: 'Ana', entityType: 'person', observations: ['likes tea'] }
  const runtime = runtimeOver()
  const said = async (name: string, args: Record<string, never[] | object>): Promise<string> => {
    const script = [{ tool_calls: [{ name, arguments: args }] }, OK] as readonly ScriptStep[]
    const { run_id } = await runtime.start(compiled(withServers({ memory }, script)), 'Go').result
    return JSON.stringify(await outputs(runtime, run_id))
  }
  await said('create_entities', { entities: [entity] })
  expect(await said('read_graph', {})).toContain('likes tea')
})

function connected(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter(({ type }) => type === 'mcp.connected')
}
