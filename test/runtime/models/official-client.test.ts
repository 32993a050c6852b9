/** What we ask and what we read, beside the official client of OpenAI at the same server. */
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { json, sse, startModelServer, stream } from '../../support/model-server.ts'
import { answer, collect, modelAt, request } from './support.ts'
import type { FunctionSpec, ModelRequest } from '../../../src/runtime/models/model.ts'
import type { Answer } from '../../support/model-server.ts'
import type { Api } from './support.ts'

type ResponsesParams = OpenAI.Responses.ResponseCreateParamsNonStreaming
type ChatParams = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming

const LOOKUP = {
  name: 'lookup_order',
  description: 'Looks an order up',
  parameters: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
  strict: false,
} satisfies FunctionSpec

const ASKED: Partial<ModelRequest> = {
  instructions: 'Be kind',
  items: [
    { type: 'message', role: 'user', content: 'Wo ist 7? 📦' },
    { type: 'function_call', call_id: 'call_1', name: 'lookup_order', arguments: '{"id":7}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'on its way' },
  ],
  functions: [LOOKUP],
  settings: { temperature: 0.5, top_p: 0.9, tool_choice: 'lookup_order', parallel_tool_calls: false },
}

/** The same in the words of the client, whose types the compiler holds against them. */
const RESPONSES: ResponsesParams = {
  model: 'm',
  instructions: 'Be kind',
  input: [
    { type: 'message', role: 'user', content: 'Wo ist 7? 📦' },
    { type: 'function_call', call_id: 'call_1', name: 'lookup_order', arguments: '{"id":7}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'on its way' },
  ],
  tools: [{ type: 'function', ...LOOKUP }],
  tool_choice: { type: 'function', name: 'lookup_order' },
  temperature: 0.5,
  top_p: 0.9,
  parallel_tool_calls: false,
}
const { name, description, parameters } = LOOKUP
const CHAT: ChatParams = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: 'Wo ist 7? 📦' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'lookup_order', arguments: '{"id":7}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'on its way' },
  ],
  tools: [{ type: 'function', function: { name, description, parameters } }],
  tool_choice: { type: 'function', function: { name: 'lookup_order' } },
  temperature: 0.5,
  top_p: 0.9,
  parallel_tool_calls: false,
}

function clientAt(url: string): OpenAI {
  return new OpenAI({ baseURL: url, apiKey: 'sk-secret-1234', maxRetries: 0 })
}

describe('a request says the same as that of the client', () => {
  test.each<[Api, (client: OpenAI) => PromiseLike<unknown>]>([
    ['responses', (client) => client.responses.create(RESPONSES)],
    ['chat_completions', (client) => client.chat.completions.create(CHAT)],
  ])('%s', async (api, ask) => {
    await using server = await startModelServer(json(answer({ text: 'x' })[api].whole))
    await collect(modelAt(server.url, api), request(ASKED))
    await ask(clientAt(server.url))
    const [ours, theirs] = server.requests
    expect(ours?.path).toBe(theirs?.path)
    expect(ours?.body).toEqual(theirs?.body)
    for (const name of ['authorization', 'content-type', 'accept'])
      expect(ours?.headers[name]).toBe(theirs?.headers[name])
  })
})

const TEXT = 'Grüße, 👩‍🚀!\r\n世界'
const CALL = { id: 'call_9', name: 'lookup_order', args: '{"id": 9, "note": "ä"}' }

/** Ways in which the same bytes arrive. */
const CHUNKS: readonly (readonly [how: string, size: number])[] = [
  ['in one chunk', Infinity],
  ['in chunks of seven bytes', 7],
  ['byte by byte', 1],
]

function chunked(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

/** A stream with what servers may send beside events: comments, names, ids, other ends of lines. */
function streamed(events: readonly unknown[], size: number): Answer {
  const text = sse(events)
    .toString()
    .replaceAll('\n\n', '\r\n\r\n')
    .replaceAll(/^data/gm, ': still here\r\nevent: some\r\nid: 1\r\ndata')
  return stream(chunked(Buffer.from(text), size))
}

describe.each(CHUNKS)('a stream that arrives %s is read as the client reads it', (_, size) => {
  test('responses', async () => {
    const { events } = answer({ text: TEXT, call: CALL }).responses
    await using server = await startModelServer(streamed(events, size))
    const ours = await collect(modelAt(server.url, 'responses'), request(), true)
    const theirs = await Array.fromAsync(
      await clientAt(server.url).responses.create({ model: 'm', input: 'hello', stream: true }),
    )
    const deltas = ours.events.flatMap((event) => (event.type === 'delta' ? [event.data] : []))
    expect(deltas).toEqual(theirs)
    expect(ours.text).toBe(TEXT)
    const last = theirs.at(-1)
    expect(last?.type === 'response.completed' && last.response.output).toEqual(ours.response.items)
  })

  test('chat_completions', async () => {
    const { events } = answer({ text: TEXT, call: CALL }).chat_completions
    await using server = await startModelServer(streamed(events, size))
    const ours = await collect(modelAt(server.url, 'chat_completions'), request(), true)
    const run = clientAt(server.url).chat.completions.stream({ model: 'm', messages: [] })
    const { choices } = await run.finalChatCompletion()
    const message = choices[0]?.message
    expect(ours.text).toBe(message?.content)
    expect(ours.text).toBe(TEXT)
    expect(ours.response.items.find(({ type }) => type === 'function_call')).toMatchObject({
      call_id: message?.tool_calls?.[0]?.id,
      arguments: CALL.args,
    })
    expect(message?.tool_calls?.[0]).toMatchObject({
      function: { name: CALL.name, arguments: CALL.args },
    })
  })
})
