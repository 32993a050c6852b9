/** What a provider sends is handed on as it comes: this server goes on only once the client has seen what it sent. */
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { startCommand } from '../support/live-command.ts'
import { startModelServer, stream, sse } from '../support/model-server.ts'
import type { Answer } from '../support/model-server.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

type Api = 'responses' | 'chat_completions'

const ANSWER: Record<Api, readonly unknown[]> = {
  responses: [
    { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
    { type: 'response.output_text.delta', delta: 'first ' },
    { type: 'response.output_text.delta', delta: 'second' },
    {
      type: 'response.completed',
      response: {
        id: 'resp_1',
        status: 'completed',
        output: [
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'first second' }] },
        ],
      },
    },
  ],
  chat_completions: [
    { id: 'c1', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
    { id: 'c1', choices: [{ index: 0, delta: { content: 'first ' } }] },
    { id: 'c1', choices: [{ index: 0, delta: { content: 'second' } }] },
    { id: 'c1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    '[DONE]',
  ],
}

const CALL: Record<Api, readonly unknown[]> = {
  responses: [
    {
      type: 'response.completed',
      response: {
        id: 'resp_0',
        status: 'completed',
        output: [{ type: 'function_call', call_id: 'call_1', name: 'research', arguments: '{"input":"it"}' }],
      },
    },
  ],
  chat_completions: [
    {
      id: 'c0',
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              { index: 0, id: 'call_1', function: { name: 'research', arguments: '{"input":"it"}' } },
            ],
          },
        },
      ],
    },
    { id: 'c0', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    '[DONE]',
  ],
}

const spec = (url: string, api: Api, nested: boolean): string => `agentspec: 1
name: slow
entry: ${nested ? 'outer' : 'inner'}
models:
  main: { provider: openai, model: m, api: ${api}, base_url: ${url} }
agents:
${nested ? '  outer: { model: main, instructions: Ask., tools: [research] }' : ''}
  inner: { model: main, instructions: Answer. }
${nested ? 'tools:\n  research: { type: agent, agent: inner, description: Look it up }' : ''}
`

/** Sends one event after the other, each only once it is allowed to. */
function stepwise(events: readonly unknown[], mayGoOn: () => Promise<void>): Answer {
  return async (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) {
      response.write(sse([event]))
      await mayGoOn()
    }
    response.end()
  }
}

describe.for(['responses', 'chat_completions'] as const)('over %s', (api) => {
  test.for([
    ['an agent', false],
    ['an agent that is a tool of another', true],
  ] as const)('every event of %s is there before the next one is sent', async ([, nested]) => {
    let sent = 0
    let mayGoOn = Promise.withResolvers<void>()
    const answer = stepwise(ANSWER[api], () => {
      sent += 1
      mayGoOn = Promise.withResolvers()
      arrived.resolve()
      return mayGoOn.promise
    })
    let arrived = Promise.withResolvers<void>()
    const finish = stream([sse(ANSWER[api])])
    const answers = nested ? [stream([sse(CALL[api])]), answer, finish] : [answer]
    await using server = await startModelServer(...answers)
    using folder = createWorkspace({ 'slow.yaml': spec(server.url, api, nested) })
    const command = startCommand(['run', 'slow.yaml', 'Go', '--events'], {
      cwd: folder.path,
      env: { OPENAI_API_KEY: 'sk-test-0123456789' },
    })
    // The last event may be seen only together with the end of the response.
    const all = ANSWER[api].filter((event) => event !== '[DONE]').length
    for (let step = 1; step < all; step++) {
      await arrived.promise
      arrived = Promise.withResolvers()
      expect(sent).toBe(step)
      await command.waitFor('"type":"model.delta"')
      mayGoOn.resolve()
    }
    const release = setInterval(() => mayGoOn.resolve(), 10)
    const { code, stdout } = await command.ended
    clearInterval(release)
    expect(code).toBe(0)
    const paths = stdout
      .split('\n')
      .filter((line) => line.includes('"type":"text.delta"'))
      .map((line) => (JSON.parse(line) as { path?: string[] }).path ?? [])
    expect(paths.slice(0, 2)).toEqual(nested ? [['call_1'], ['call_1']] : [[], []])
  })
})

test('with --no-stream there are no deltas, and the journal is the same', async () => {
  const whole = (ANSWER.responses.at(-1) as { response: object }).response
  const json: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
  }
  await using server = await startModelServer(stream([sse(ANSWER.responses)]), json)
  using folder = createWorkspace({ 'slow.yaml': spec(server.url, 'responses', false) })
  const options = { cwd: folder.path, env: { OPENAI_API_KEY: 'sk-test-0123456789' } }
  const journals: unknown[] = []
  for (const flags of [[], ['--no-stream']]) {
    const { code, stdout } = await runCommand(['run', 'slow.yaml', 'Go', '--events', ...flags], options)
    expect(code).toBe(0)
    const hasDeltas = stdout.includes('.delta"')
    expect(hasDeltas).toBe(flags.length === 0)
    const { json: shown } = await runCommand(['show', 'latest', '--events', '--json'], options)
    const { events } = shown as { events: Record<string, unknown>[] }
    journals.push(events.map(({ run_id: _id, at: _at, options: _options, ...event }) => event))
  }
  expect(journals[1]).toEqual(journals[0])
  expect(server.requests.map(({ body }) => body['stream'] ?? false)).toEqual([true, false])
})
