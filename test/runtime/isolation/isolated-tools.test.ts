import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { FunctionToolDefinition } from '../../../src/compiler/program.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { compiled, functionTool, program } from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'

const SOURCE = `
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
interface Args { readonly n?: number; readonly file?: string }
export function answer(args: Args, ctx: any) {
  ctx.progress('working')
  ctx.context.seen = { n: args.n }
  return { pid: process.pid !== Number(ctx.context.pid), n: args.n, who: [ctx.agent, ctx.tool, ctx.call_id, ctx.idempotency_key.startsWith(ctx.run_id)] }
}
export const text = () => 'plain'
export const nothing = () => undefined
export const nil = () => null
export const image = () => ({ type: 'image', image_url: 'data:image/png;base64,AA==' })
export const bigint = () => 10n
export function spoils(_args: Args, ctx: any) { ctx.context = 'gone' }
export function fails() { throw new Error('no such thing') }
export function busy(_args: Args, ctx: any) { ctx.progress(String(process.pid)); for (;;); }
export function exits() { process.exit(3) }
export async function throwsLater() { setTimeout(() => { throw new Error('too late') }); await new Promise(() => {}) }
export function fills() { const kept = []; for (;;) kept.push('ab'.repeat(1e6).split('')) }
export function recurses(): unknown { return recurses() }
export function liar() { process.send({ type: 'returned', value: 7, context: [] }); process.send('what'); return 'true' }
export async function obeys(args: Args, ctx: any) {
  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
  appendFileSync(args.file, 'told: ' + ctx.signal.reason.message)
}
export function leavesChild(_args: Args, ctx: any) {
  ctx.progress(String(spawn('sleep', ['1000'], { stdio: 'ignore' }).pid))
  return 'started'
}
`

function isolated(name: string, given: Partial<FunctionToolDefinition> = {}): FunctionToolDefinition {
  return functionTool(name, { isolation: 'worker', handler: `tools.ts#${name}`, ...given })
}

/** Runs one call of an isolated tool, then an answer. */
async function runOne(
  tool: FunctionToolDefinition,
  args: Record<string, string | number> = {},
  source: string = SOURCE,
): Promise<{
  status: string
  output: unknown
  error: unknown
  context: unknown
  events: RunEvent[]
}> {
  const runtime = runtimeOver()
  const script = [{ tool_calls: [{ name: tool.name, arguments: args, call_id: 'c' }] }, { text: 'done' }]
  const stream = runtime.start(compiled(program({ script, tools: [tool], source })), 'Go')
  const events: RunEvent[] = []
  for await (const event of stream) events.push(event)
  const result = await stream.result
  const { context } = foldJournal(await runtime.events(result.run_id))
  const output = (await outputs(runtime, result.run_id))['c']
  return { status: result.status, output, error: result.error, context, events }
}

/** The process that a tool told of. */
function pidIn(events: readonly RunEvent[]): number {
  return Number(events.flatMap((event) => (event.type === 'tool.progress' ? [event.text] : []))[0])
}

/** Resolves once there is no such process. */
async function gone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0)
  for (;;) {
    try {
      process.kill(pid, 0)
      await wait(10)
    } catch {
      return
    }
  }
}

describe('an isolated tool', () => {
  test('gets its arguments and its context, tells of its progress, and changes the context', async () => {
    const { output, context, events } = await runOne(isolated('answer'), { n: 4 })
    expect(JSON.parse(String(output))).toEqual({ pid: true, n: 4, who: ['main', 'answer', 'c', true] })
    expect(context).toEqual({ seen: { n: 4 } })
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool.progress', text: 'working' }))
  })

  test.each([
    ['text', 'plain'],
    ['nothing', ''],
    ['nil', 'null'],
    ['image', [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }]],
  ])('gives what it returns: %s', async (name, expected) => {
    expect(await runOne(isolated(name))).toMatchObject({ status: 'completed', output: expected })
  })

  test.each([
    ['fails', 'no such thing'],
    ['bigint', 'Do not know how to serialize a BigInt'],
    ['spoils', 'the tool replaced ctx.context by something that is not an object'],
    ['exits', 'its worker ended with exit code 3'],
    ['throwsLater', 'an error outside of the call: too late'],
    ['recurses', 'Maximum call stack size exceeded'],
  ])('fails alone: %s', async (name, message) => {
    const { status, output } = await runOne(isolated(name))
    expect({ status, output }).toEqual({
      status: 'completed',
      output: `An error occurred while running the tool. Please try again. Error: ${message}`,
    })
  })

  test('runs out of memory alone', { timeout: 60_000 }, async () => {
    const { status, output } = await runOne(isolated('fills'))
    expect(status).toBe('completed')
    expect(output).toMatch(/Error: its worker crashed, most likely out of memory \(it may use 512 MB\)$/)
  })

  test('is believed only what makes sense', async () => {
    expect(await runOne(isolated('liar'))).toMatchObject({ status: 'completed', output: 'true' })
  })

  test('is stopped at its timeout in a busy loop, and the run goes on', async () => {
    const { status, output, events } = await runOne(isolated('busy', { timeout: 2000 }))
    expect({ status, output }).toEqual({
      status: 'completed',
      output: "Tool 'busy' timed out after 2 seconds.",
    })
    await gone(
      events.flatMap((event) => (event.type === 'tool.progress' ? [Number(event.text)] : []))[0] ?? 0,
    )
  })

  test('is told that it is stopped, and may clean up', async () => {
    using folder = createWorkspace()
    const file = join(folder.path, 'log')
    await runOne(isolated('obeys', { timeout: 1500 }), { file })
    while (!existsSync(file)) await wait(10)
    expect(readFileSync(file, 'utf8')).toBe("told: Tool 'obeys' timed out after 1.5 seconds.")
  })

  test('takes along what it started', async () => {
    const { output, events } = await runOne(isolated('leavesChild'))
    expect(output).toBe('started')
    await gone(pidIn(events))
  })

  test('whose code cannot be loaded fails the run before the call counts as started', async () => {
    const missing = await runOne(isolated('absent'))
    expect(missing).toMatchObject({
      status: 'failed',
      error: { code: 'module_load_failed', message: expect.stringContaining('does not export absent') },
    })
    expect(missing.events.map(({ type }) => type)).not.toContain('tool.started')
    const exits = await runOne(isolated('text'), {}, 'process.exit(4); export const text = () => 1')
    expect(exits).toMatchObject({
      status: 'failed',
      error: { message: 'The module of tools.ts#text cannot be loaded: its worker ended with exit code 4' },
    })
  })

  test('has the code of the Program only: other modules, and no folder', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [{ tool_calls: [{ name: 'sum', arguments: {}, call_id: 'c' }] }, { text: 'done' }],
      tools: [isolated('sum', { handler: 'a/tools.ts#sum' })],
      overrides: {
        modules: {
          'a/tools.ts': {
            source: 'import { one } from "../one.ts"; export const sum = (): number => one + 1',
            imports: { '../one.ts': 'one.ts' },
          },
          'one.ts': { source: 'export const one: number = 1', imports: {} },
          'other.ts': { source: 'throw new Error("not loaded")', imports: {} },
        },
      },
    })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ c: '2' })
  })

  test('is stopped when the run is cancelled', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'busy', arguments: {}, call_id: 'c' }] }, { text: 'done' }]
    const spec = compiled(program({ script, tools: [isolated('busy')], source: SOURCE }))
    const stop = new AbortController()
    const stream = runtime.start(spec, 'Go', { signal: stop.signal })
    let pid = 0
    for await (const event of stream) {
      if (event.type !== 'tool.progress') continue
      pid = Number(event.text)
      stop.abort()
    }
    expect(await stream.result).toMatchObject({ status: 'interrupted' })
    await gone(pid)
  })
})

test('writers run at once, each on a copy, and their changes are merged in the order of the journal', async () => {
  const source = `import { setTimeout } from 'node:timers/promises'
  export async function set(args: any, ctx: any) { await setTimeout(args.wait); ctx.context[args.key] = args.value; ctx.context.last = args.key; return Object.keys(ctx.context) }`
  const runtime = runtimeOver()
  const calls = [
    { name: 'set', arguments: { key: 'a', value: 1, wait: 600 }, call_id: 'a' },
    { name: 'here', arguments: { key: 'b', value: { x: 1 }, wait: 0 }, call_id: 'b' },
  ]
  const tools = [isolated('set'), functionTool('here', { handler: 'tools.ts#set' })]
  const spec = program({ script: [{ tool_calls: calls }, { text: 'done' }], tools, source })
  const { run_id } = await runtime.start(compiled(spec), 'Go').result
  const events = await runtime.events(run_id)
  const order = events.flatMap((event) => (event.type === 'tool.completed' ? [event.call_id] : []))
  expect(order).toEqual(['b', 'a'])
  expect(foldJournal(events).context).toEqual({ a: 1, b: { x: 1 }, last: 'a' })
  expect(await outputs(runtime, run_id)).toEqual({ a: '["a","last"]', b: '["b","last"]' })
})
