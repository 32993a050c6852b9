/**
 * What a call of a tool of an MCP server costs in a run, beside the bare client at the same server: 200 calls of `echo` of the
 * everything server of npm, over stdio and streamable HTTP. `node bench/mcp.ts`; beside `@openai/agents` where `npm run bench:peers`
 * has installed it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { McpServerDefinition } from '../src/compiler/program-mcp.ts'
import { createRuntime } from '../src/runtime/create-runtime.ts'
import { memoryStore } from '../src/runtime/store/memory/memory-store.ts'
import { serverProgram, withServers } from '../test/support/mcp.ts'
import { compiled, functionTool, mcpServer, program } from '../test/support/program.ts'
import { cpuOf, fixed, median, table } from './support/measure.ts'

const CALLS = 200
const SAMPLES = 5

interface Taken {
  readonly cpu: number
  readonly wall: number
}

/** Milliseconds of CPU of this process, and of the clock. */
async function timed(work: () => Promise<void>): Promise<Taken> {
  const began = performance.now()
  const cpu = await cpuOf(work)
  return { cpu, wall: performance.now() - began }
}

async function bare(definition: McpServerDefinition): Promise<Taken> {
  const client = new Client({ name: 'bench', version: '1' })
  const { url, command = '', args = [] } = definition
  await client.connect(
    url === undefined
      ? new StdioClientTransport({ command, args: [...args], stderr: 'ignore' })
      : new StreamableHTTPClientTransport(new URL(url)),
  )
  const taken = await timed(async () => {
    await client.listTools()
    for (let index = 0; index < CALLS; index++) {
      await client.callTool({ name: 'echo', arguments: { message: `n${index}` } })
    }
  })
  await client.close()
  return taken
}

const script = [
  ...Array.from({ length: CALLS }, (_, index) => ({
    tool_calls: [{ name: 'echo', arguments: { message: `n${index}` } }],
  })),
  { text: 'Done' },
]

/** A run of one call a turn, from its first call to its last: starting and ending a server is another matter. */
async function run(spec: ReturnType<typeof compiled>): Promise<Taken> {
  const runtime = createRuntime({ store: memoryStore(), environment: {} })
  let before = { cpu: process.cpuUsage(), at: performance.now() }
  let after = before
  const stream = runtime.start(spec, 'Go')
  for await (const event of stream) {
    const now = { cpu: process.cpuUsage(), at: performance.now() }
    if (event.type === 'turn.started' && event.turn === 1) before = now
    if (event.type === 'run.completed') after = now
  }
  const { status, error } = await stream.result
  if (status !== 'completed') throw new Error(`the run is ${status}: ${error?.message}`)
  await runtime.close()
  const [from, to] = [before.cpu, after.cpu]
  return { cpu: (to.user + to.system - from.user - from.system) / 1000, wall: after.at - before.at }
}

function inRun(definition: McpServerDefinition): () => Promise<Taken> {
  const base = withServers({ all: definition }, script)
  const spec = compiled({ ...base, run: { ...base.run, max_turns: null } })
  return () => run(spec)
}

function withoutServer(): () => Promise<Taken> {
  const source = 'export function echo({ message }) { return `Echo: ${message}` }'
  const base = program({ script, tools: [functionTool('echo')], source })
  const spec = compiled({ ...base, run: { ...base.run, max_turns: null } })
  return () => run(spec)
}

type RunOverMcp = (
  address: { readonly command: string; readonly args: readonly string[] } | { readonly url: string },
  calls: number,
) => Promise<Taken>

/** The same with `@openai/agents`; nothing where it is not installed. */
async function peers(
  stdio: McpServerDefinition,
  url: string,
): Promise<readonly (readonly [string, () => Promise<Taken>])[]> {
  const folder = join(import.meta.dirname, 'peers')
  if (!existsSync(join(folder, 'node_modules'))) return []
  const module = join(folder, 'mcp-openai-agents.ts')
  const { runOverMcp } = (await import(module)) as { readonly runOverMcp: RunOverMcp }
  const { command = '', args = [] } = stdio
  return [
    ['stdio: `@openai/agents`', () => runOverMcp({ command, args }, CALLS)],
    ['HTTP: `@openai/agents`', () => runOverMcp({ url }, CALLS)],
  ]
}

async function startHttp(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const child = spawn(process.execPath, [serverProgram('everything'), 'streamableHttp'], {
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes(`port ${port}`)) break
  }
  return { url: `http://127.0.0.1:${port}/mcp`, stop: () => void child.kill('SIGKILL') }
}

async function main(): Promise<void> {
  const http = await startHttp()
  const stdio = mcpServer({
    command: process.execPath,
    args: [serverProgram('everything'), 'stdio'],
    cwd: import.meta.dirname,
  })
  const web = mcpServer({ transport: 'streamable_http', url: http.url })
  const contestants: readonly (readonly [string, () => Promise<Taken>])[] = [
    ['a run with a function instead', withoutServer()],
    ['stdio: bare client', () => bare(stdio)],
    ['stdio: run', inRun(stdio)],
    ['stdio: run, `cache_tools_list: false`', inRun({ ...stdio, cache_tools_list: false })],
    ['HTTP: bare client', () => bare(web)],
    ['HTTP: run', inRun(web)],
    ['HTTP: run, `cache_tools_list: false`', inRun({ ...web, cache_tools_list: false })],
    ...(await peers(stdio, http.url)),
  ]
  const samples = new Map<string, Taken[]>()
  try {
    for (let sample = -1; sample < SAMPLES; sample++) {
      for (const [name, work] of contestants) {
        const taken = await work()
        if (sample >= 0) samples.set(name, [...(samples.get(name) ?? []), taken])
      }
    }
  } finally {
    http.stop()
  }
  const rows = [...samples].map(([name, taken]) => [
    name,
    ...(['cpu', 'wall'] as const).map((what) =>
      fixed((1000 * median(taken.map((one) => one[what]))) / CALLS, 0),
    ),
  ])
  console.log(`${CALLS} calls, one a turn; medians of ${SAMPLES}; load ${fixed(loadavg()[0] ?? 0, 1)}\n`)
  console.log(table(['', 'CPU a call, µs', 'time a call, µs'], rows))
}

await main()
