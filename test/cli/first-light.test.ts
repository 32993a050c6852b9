/** The promise of the project, from outside: pause, lose everything but the store, approve elsewhere, go on once. */
import { cp, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

const SPECS = fileURLToPath(new URL('../../specs', import.meta.url))
let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'agentspec-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

describe('a paused run', () => {
  test('goes on in a new process without its files, and the body runs exactly once', async () => {
    await cp(SPECS, join(dir, 'specs'), { recursive: true })
    const log = join(dir, 'orders.log')
    const env = { ORDER_LOG: log }
    const paused = await runCommand(['run', 'specs/support.yaml', '--json', 'Cancel order 7'], {
      cwd: dir,
      env,
    })
    expect(paused.code).toBe(4)
    expect(paused.json).toMatchObject({
      type: 'result',
      status: 'paused',
      spec: { name: 'support-desk', version: '1.2.0' },
      final_output: null,
      last_agent: 'triage',
      turns: 1,
      interruptions: [
        {
          call_id: 'call_1_2',
          kind: 'function',
          tool: 'cancel_order',
          arguments: { order_id: 7, amount: 150 },
          path: [],
        },
      ],
      error: null,
    })
    await rm(join(dir, 'specs'), { recursive: true })
    const done = await runCommand(['approve', '-1', '--all', '--resume', '--json'], { cwd: dir, env })
    expect(done.code).toBe(0)
    expect(done.json).toMatchObject({
      status: 'completed',
      last_agent: 'billing',
      turns: 3,
      final_output: 'Order 7 is cancelled. You will get 150 back within three days.',
      spec: (paused.json as { spec: object }).spec,
      interruptions: [],
    })
    const bodies = (await readFile(log, 'utf8')).trim().split('\n')
    expect(bodies).toEqual([`${(paused.json as { run_id: string }).run_id}:1:call_1_2 7 150`])
    const again = await runCommand(['approve', '-1', '--all', '--json'], { cwd: dir, env })
    expect(again.code).toBe(3)
  })

  test('keeps running the code that was approved when the file on disk is changed', async () => {
    await cp(SPECS, join(dir, 'specs'), { recursive: true })
    const run = ['run', 'specs/quickstart.yaml', '--json', 'How warm is Oakland?']
    expect((await runCommand(run, { cwd: dir })).code).toBe(4)
    await writeFile(
      join(dir, 'specs/quickstart-tools.ts'),
      'export function getTemperature() { return "tampered" }',
    )
    expect((await runCommand(['approve', 'latest', '--resume', '--json'], { cwd: dir })).code).toBe(0)
    const shown = await runCommand(['show', 'latest', '--json'], { cwd: dir })
    expect(JSON.stringify(shown.json)).toContain('celsius')
    expect(JSON.stringify(shown.json)).not.toContain('tampered')
    await unlink(join(dir, 'specs/quickstart-tools.ts'))
  })
})

describe('the same over HTTP', () => {
  let server: LLMock

  beforeAll(async () => {
    server = new LLMock({ port: 0, chunkSize: 5 })
    server.on(
      { hasToolResult: true },
      { content: 'Order 7 is cancelled.', usage: { input_tokens: 20, output_tokens: 5 } },
    )
    server.onMessage('Cancel order 7', {
      toolCalls: [{ id: 'call_x', name: 'cancel_order', arguments: '{"order_id":7}' }],
      usage: { input_tokens: 10, output_tokens: 3 },
    })
    await server.start()
  })

  afterAll(async () => {
    await server.stop()
  })

  const ways = (['responses', 'chat_completions'] as const).flatMap((api) =>
    [true, false].map((stream) => ({ api, stream })),
  )

  test.for(ways)('pauses and goes on with $api, streaming: $stream', async ({ api, stream }) => {
    await writeFile(
      join(dir, 'shop.yaml'),
      `agentspec: 1
name: shop
models:
  main: { provider: openai, api: ${api}, model: gpt-test, base_url: "\${LLM_URL}", api_key: "\${LLM_KEY:-local}" }
agents:
  shop: { model: main, instructions: Help., tools: [cancel_order] }
tools:
  cancel_order:
    type: function
    description: Cancel an order
    handler: ./tools.ts#cancelOrder
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: true
`,
    )
    await writeFile(
      join(dir, 'tools.ts'),
      `export const cancelOrder = (args: { order_id: number }) => ({ cancelled: args.order_id })\n`,
    )
    const env = { LLM_URL: `${server.url}/v1` }
    const flags = stream ? [] : ['--no-stream']
    const paused = await runCommand(['run', 'shop.yaml', 'Cancel order 7', '--json', ...flags], {
      cwd: dir,
      env,
    })
    expect(paused).toMatchObject({
      code: 4,
      json: { status: 'paused', interruptions: [{ call_id: 'call_x' }] },
    })
    const done = await runCommand(['approve', '-1', '--resume', '--json', ...flags], { cwd: dir, env })
    expect(done).toMatchObject({
      code: 0,
      json: {
        status: 'completed',
        final_output: 'Order 7 is cancelled.',
        turns: 2,
        usage: { requests: 2, input_tokens: 30, output_tokens: 8 },
      },
    })
  })
})
