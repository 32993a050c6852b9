/** Runs on provider packages of the AI SDK from the command line: each command is a process of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apiError, startAnthropicServer, streamedError } from '../support/anthropic-server.ts'
import type { AnthropicReply } from '../support/anthropic-server.ts'
import { TOOLS } from '../support/cli-specs.ts'
import { json, sse, startModelServer, stream } from '../support/model-server.ts'
import type { Answer, ModelServer } from '../support/model-server.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const KEY = 'sk-ant-0123456789'
const TOOL = `
tools:
  cancel:
    type: function
    description: Cancel an order
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: true
`

/** One agent on Anthropic's package, with what is given besides. */
function claude(more = '', agents = 'desk: { model: main, instructions: Help., tools: [cancel] }'): string {
  return `agentspec: 1
name: shop
models:
  main: { provider: "@ai-sdk/anthropic", model: claude-sonnet-4-0, ${more} }
agents:
  ${agents}
${TOOL}`
}

const THINKING = 'settings: { extra_body: { thinking: { type: enabled, budgetTokens: 1024 } } }'
const ASK: AnthropicReply = {
  content: [
    { type: 'thinking', thinking: 'It must go.', signature: 'sig-7' },
    { type: 'tool_use', id: 'toolu_1', name: 'cancel', input: { order_id: 7 } },
  ],
}
const say = (text: string): AnthropicReply => ({ content: [{ type: 'text', text }] })

interface Shop {
  readonly path: string
  agentspec(...args: readonly string[]): Promise<CommandResult>
}

function shop(spec: string, env: Record<string, string> = {}, files: Record<string, string> = {}): Shop {
  const folder = createWorkspace({ 'shop.yaml': spec, 'tools.ts': TOOLS, 'calls.log': '', ...files })
  onTestFinished(() => folder[Symbol.dispose]())
  return {
    path: folder.path,
    agentspec: (...args) => runCommand([...args], { cwd: folder.path, env }),
  }
}

async function serving(...replies: readonly (AnthropicReply | Answer)[]): Promise<ModelServer> {
  const server = await startAnthropicServer(...replies)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

const at = (server: ModelServer): Record<string, string> => ({
  ANTHROPIC_BASE_URL: server.url,
  ANTHROPIC_API_KEY: KEY,
})

describe.each([{ flags: [] }, { flags: ['--no-stream'] }])('run $flags', ({ flags }) => {
  test('a tool that needs approval, decided and resumed by other processes, with thinking', async () => {
    const server = await serving(ASK, say('Cancelled.'))
    const { path, agentspec } = shop(claude(THINKING), at(server))
    const paused = await agentspec('run', 'shop.yaml', 'Cancel 7', '--json', ...flags)
    expect(paused).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'toolu_1', tool: 'cancel', arguments: { order_id: 7 } }] },
    })
    expect((await agentspec('approve', 'latest')).code).toBe(0)
    const done = await agentspec('resume', 'latest', '--json', ...flags)
    expect(done).toMatchObject({
      code: 0,
      json: {
        status: 'completed',
        final_output: 'Cancelled.',
        turns: 2,
        usage: { requests: 2, total_tokens: 44 },
      },
    })
    expect(readFileSync(join(path, 'calls.log'), 'utf8')).toBe('7\n')
    expect(server.requests[1]?.body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: ASK.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '{"cancelled":7}' }],
      },
    ])
  })
})

test('a paused run moves to another store with what the provider signed, and goes on there', async () => {
  const server = await serving(ASK, say('Cancelled.'))
  const { path, agentspec } = shop(claude(THINKING), at(server))
  await agentspec('run', 'shop.yaml', 'Cancel 7', '--json')
  const { stdout } = await agentspec('state', 'export', 'latest', '--bundle', '--move')
  writeFileSync(join(path, 'run.json'), stdout)
  const there = ['--store', 'sqlite:there.db']
  const imported = await agentspec('state', 'import', 'run.json', '--trust-spec', ...there)
  expect(imported.code, imported.stderr).toBe(0)
  const done = await agentspec('approve', 'latest', '--resume', '--json', '--base', path, ...there)
  expect(done, done.stderr).toMatchObject({ code: 0, json: { final_output: 'Cancelled.' } })
  expect(server.requests[1]?.body['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: ASK.content },
    { role: 'user' },
  ])
})

test('the answer is streamed, with the parts of the provider', async () => {
  const server = await serving(say('Hello there.'))
  const { stdout, code } = await shop(claude(), at(server)).agentspec('run', 'shop.yaml', 'Hi', '--events')
  expect(code).toBe(0)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; delta?: string; data?: { type: string } })
  const texts = events.filter(({ type }) => type === 'text.delta').map(({ delta }) => delta)
  expect(texts).toEqual(['Hello ', 'there.'])
  const parts = events.filter(({ type }) => type === 'model.delta').map(({ data }) => data?.type)
  expect(parts).toContain('text-delta')
})

test('a handoff to an agent on another package, and an answer by a schema', async () => {
  const handoff = { type: 'tool_use', id: 'toolu_h', name: 'transfer_to_sums', input: {} } as const
  const server = await serving({ content: [handoff] })
  const chunk = { id: 'c', choices: [{ index: 0, delta: { content: '{"total":3}' }, finish_reason: 'stop' }] }
  await using local = await startModelServer(stream([sse([chunk, '[DONE]'])]))
  const spec = claude('', 'desk: { model: main, handoffs: [sums] }').replace(
    'agents:',
    `  local: { provider: "@ai-sdk/openai-compatible", model: m, base_url: "${local.url}" }
agents:
  sums:
    model: local
    output: { schema: { type: object, properties: { total: { type: integer } }, required: [total], additionalProperties: false } }`,
  )
  const { json: result, stderr } = await shop(`${spec}entry: desk\n`, at(server)).agentspec(
    'run',
    'shop.yaml',
    'Add 1 and 2',
    '--json',
  )
  expect(result, stderr).toMatchObject({
    status: 'completed',
    last_agent: 'sums',
    final_output: { total: 3 },
  })
  expect(JSON.stringify(local.requests[0]?.body['messages'])).toContain('transfer_to_sums')
})

describe('a provider that is busy', () => {
  const retry = 'retry: { max_attempts: 3, backoff: { initial: 10ms, max: 2s } }'

  test('is asked again when it says so, and counted', async () => {
    const busy = apiError(429, 'rate_limit_error', 'slow down', { 'retry-after': '0' })
    const overloaded = streamedError('overloaded_error', 'Overloaded')
    const server = await serving(busy, overloaded, say('Here.'))
    const { agentspec } = shop(claude(retry), at(server))
    const { code, json: result } = await agentspec('run', 'shop.yaml', 'Hi', '--json')
    expect({ code, result }).toMatchObject({ code: 0, result: { final_output: 'Here.' } })
    const { json: shown } = await agentspec('show', 'latest', '--events', '--json')
    const { events } = shown as { events: readonly { type: string; attempts?: number }[] }
    expect(events.find(({ type }) => type === 'model.responded')?.attempts).toBe(3)
  })

  test('is not asked again once a part of the answer was handed out', async () => {
    const server = await serving({ ...say('Hello there.'), events: 4, ending: 'cut' })
    const { code, json: result } = await shop(claude(retry), at(server)).agentspec(
      'run',
      'shop.yaml',
      'Hi',
      '--json',
    )
    expect({ code, result }).toMatchObject({ code: 1, result: { error: { code: 'model_error' } } })
    expect(server.requests).toHaveLength(1)
  })
})

test('a key that only .env has is used, and never shown', async () => {
  const server = await serving(apiError(401, 'authentication_error', `invalid x-api-key ${KEY}`))
  const dotenv = `ANTHROPIC_API_KEY=${KEY}\nANTHROPIC_BASE_URL=${server.url}\n`
  const { agentspec } = shop(claude(), {}, { '.env': dotenv })
  const { code, stdout, stderr } = await agentspec('run', 'shop.yaml', 'Hi', '--events')
  expect(code).toBe(1)
  expect(server.requests[0]?.headers['x-api-key']).toBe(KEY)
  expect(stdout).toContain('check ANTHROPIC_API_KEY')
  expect(stdout + stderr).not.toContain(KEY)
})

test('a run without a key says which variable to set, and goes on once it is set', async () => {
  const server = await serving(say('Hello.'))
  const folder = shop(claude(`base_url: "${server.url}"`))
  const failed = await folder.agentspec('run', 'shop.yaml', 'Hi', '--json')
  expect(failed).toMatchObject({
    code: 1,
    json: { error: { message: expect.stringContaining('ANTHROPIC_API_KEY') } },
  })
  const env = { ANTHROPIC_API_KEY: KEY }
  const resumed = await runCommand(['resume', 'latest', '--json'], { cwd: folder.path, env })
  expect(resumed).toMatchObject({ code: 0, json: { final_output: 'Hello.' } })
})

describe('a package that cannot be used ends the command before anything is journaled', () => {
  async function refused(spec: string, files: Record<string, string> = {}, ...flags: readonly string[]) {
    const folder = shop(spec, {}, files)
    const { code, json: said } = await folder.agentspec('run', 'shop.yaml', 'Hi', '--json', ...flags)
    const { json: runs } = await folder.agentspec('runs', '--json')
    const { json: specs } = await folder.agentspec('specs', 'list', '--json')
    expect({ runs, specs }).toEqual({ runs: { runs: [] }, specs: { specs: [] } })
    expect(code).toBe(2)
    return (said as { error: { code: string; message: string; hint: string } }).error
  }

  test('because it is not installed', async () => {
    const { message, ...rest } = await refused(claude().replace('anthropic"', 'mistral"'))
    expect(rest).toEqual({
      code: 'provider_missing',
      hint: expect.stringContaining('npm install @ai-sdk/mistral'),
    })
    expect(message).toContain('Model "main" needs the package @ai-sdk/mistral, which is not installed in ')
  })

  test('because an agent further on needs it, or a fallback, or a flag', async () => {
    const chain = claude('', 'desk: { model: main, handoffs: [b] }\n  b: { model: "@ai-sdk/mistral/m" }')
    expect((await refused(`${chain}entry: desk\n`)).message).toContain('@ai-sdk/mistral')
    expect((await refused(claude('fallback: ["@ai-sdk/mistral/m"]'))).message).toContain('@ai-sdk/mistral')
    expect((await refused(claude(), {}, '--model', '@ai-sdk/mistral/m')).message).toContain('@ai-sdk/mistral')
  })

  test('because it is no provider', async () => {
    const { code, message } = await refused(claude().replace('@ai-sdk/anthropic', '@x/pad'), {
      'node_modules/@x/pad/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/@x/pad/index.js': 'export const pad = 1',
    })
    expect(code).toBe('model_unusable')
    expect(message).toContain('it exports pad')
  })

  test('because it is no package but a file', async () => {
    const files = { 'evil.mjs': `import { writeFileSync } from 'node:fs'; writeFileSync('loaded', '')` }
    const spec = claude().replace(/main: \{ prov.*\}/, 'main: "${P}"')
    for (const P of ['./evil.mjs/m', '@x/../../evil.mjs', 'node:fs/m', 'fs/m']) {
      const folder = shop(spec, { P }, files)
      const { code, stderr } = await folder.agentspec('run', 'shop.yaml', 'Hi')
      expect({ code, loaded: existsSync(join(folder.path, 'loaded')) }).toEqual({ code: 2, loaded: false })
      expect(stderr).toContain('which nobody knows')
    }
  })
})

test('a resume with a package that is gone changes nothing', async () => {
  const answer = json({ choices: [{ message: { content: 'x' }, finish_reason: 'length' }] })
  await using server = await startModelServer(answer)
  const spec = claude().replace(
    '"@ai-sdk/anthropic", model: claude-sonnet-4-0,',
    `"@x/gone", model: m, base_url: "${server.url}"`,
  )
  const folder = createWorkspace({ 'shop.yaml': spec, 'tools.ts': TOOLS })
  onTestFinished(() => folder[Symbol.dispose]())
  folder.write('node_modules/@x/gone/package.json', '{ "type": "module", "exports": "./index.js" }')
  folder.write(
    'node_modules/@x/gone/index.js',
    `export const createGone = () => ({ languageModel: () => ({ specificationVersion: 'v4', provider: 'g', doStream() {}, doGenerate() {} }) })`,
  )
  const run = (...args: readonly string[]) => runCommand([...args], { cwd: folder.path })
  expect((await run('run', 'shop.yaml', 'Hi', '--json')).code).toBe(1)
  const before = await run('show', 'latest', '--events', '--json')
  folder.write('node_modules/@x/gone/package.json', '{ "type": "module", "exports": "./nowhere.js" }')
  const { code } = await run('resume', 'latest', '--json')
  expect(code).toBe(2)
  expect((await run('show', 'latest', '--events', '--json')).stdout).toBe(before.stdout)
})
