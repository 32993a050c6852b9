/** The real package @ai-sdk/anthropic against a server of the Messages API: the same answer in both ways. */
import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../../src/runtime/failures.ts'
import { userMessage } from '../../../../src/runtime/state/item.ts'
import { functionCallOutput } from '../../../support/items.ts'
import { apiError, startAnthropicServer, streamedError } from '../../../support/anthropic-server.ts'
import { body, endless } from '../../../support/model-server.ts'
import { collect, failure, request } from '../support.ts'
import { anthropicAt, KEY, LOOKUP } from './support.ts'
import type { AnthropicReply } from '../../../support/anthropic-server.ts'
import type { ModelRequest } from '../../../../src/runtime/models/model.ts'

const WAYS = [{ stream: false }, { stream: true }]
const TEXT: AnthropicReply = { content: [{ type: 'text', text: 'Grüße, 👩‍🚀!' }] }
const CALL: AnthropicReply = {
  content: [
    { type: 'thinking', thinking: 'I need the order.', signature: 'sig-1' },
    { type: 'redacted_thinking', data: 'hidden' },
    { type: 'text', text: 'Let me see' },
    { type: 'tool_use', id: 'toolu_1', name: 'lookup_order', input: { order_id: 7 } },
    { type: 'tool_use', id: 'toolu_2', name: 'lookup_order', input: { order_id: 8 } },
  ],
}
const THINKING = { extra_body: { thinking: { type: 'enabled', budgetTokens: 1024 } } }

async function bodyOf(changes: Partial<ModelRequest>): Promise<Record<string, unknown>> {
  await using server = await startAnthropicServer(TEXT)
  await collect(anthropicAt(server.url), request(changes))
  return server.requests[0]?.body ?? {}
}

describe.each(WAYS)('stream: $stream', ({ stream }) => {
  test('text, usage and the id of the response', async () => {
    await using server = await startAnthropicServer(TEXT)
    const { response, text } = await collect(anthropicAt(server.url), request(), stream)
    expect(response).toEqual({
      response_id: 'msg_1',
      items: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Grüße, 👩‍🚀!', annotations: [] }],
        },
      ],
      usage: {
        requests: 1,
        input_tokens: 15,
        output_tokens: 7,
        total_tokens: 22,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    })
    expect(text).toBe(stream ? 'Grüße, 👩‍🚀!' : '')
    const [asked] = server.requests
    expect(asked?.headers).toMatchObject({ 'x-api-key': KEY })
    expect(asked?.body).toMatchObject({
      model: 'claude-sonnet-4-0',
      system: [{ type: 'text', text: 'Be kind' }],
    })
  })

  test('a tool loop with thinking: what was signed goes back as it was', async () => {
    await using server = await startAnthropicServer(CALL, TEXT)
    const model = anthropicAt(server.url)
    const question = userMessage('Where is 7?')
    const asked = { functions: [LOOKUP], settings: THINKING }
    const { response } = await collect(model, request({ ...asked, items: [question] }), stream)
    expect(response.items.map((item) => item['type'])).toEqual([
      'reasoning',
      'reasoning',
      'message',
      'function_call',
      'function_call',
    ])
    expect(response.items[3]).toMatchObject({
      call_id: 'toolu_1',
      name: 'lookup_order',
      arguments: '{"order_id":7}',
    })
    // As the journal keeps them.
    const kept = JSON.parse(JSON.stringify(response.items)) as typeof response.items
    const image = { type: 'input_image', image_url: 'data:image/png;base64,aGk=' }
    const results = [
      functionCallOutput('toolu_1', 'shipped'),
      functionCallOutput('toolu_2', [{ type: 'input_text', text: 'see' }, image]),
    ]
    const next = await collect(model, request({ ...asked, items: [question, ...kept, ...results] }), stream)
    expect(next.response.items).toHaveLength(1)
    expect(server.requests[1]?.body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Where is 7?' }] },
      { role: 'assistant', content: CALL.content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'shipped' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_2',
            content: [
              { type: 'text', text: 'see' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
            ],
          },
        ],
      },
    ])
  })

  test('an answer by a schema', async () => {
    const answer = { content: [{ type: 'tool_use', id: 't', name: 'json', input: { total: 3 } }] } as const
    await using server = await startAnthropicServer(answer)
    const schema = { type: 'object', properties: { total: { type: 'integer' } }, additionalProperties: false }
    const output = { name: 'sum', schema, strict: true }
    const { response } = await collect(anthropicAt(server.url), request({ output }), stream)
    expect(response.items).toMatchObject([{ type: 'message', content: [{ text: '{"total":3}' }] }])
    expect(server.requests[0]?.body['tools']).toMatchObject([{ name: 'json', input_schema: schema }])
  })

  test('an answer by a schema, of a model that takes schemas itself', async () => {
    await using server = await startAnthropicServer({ content: [{ type: 'text', text: '{"total":3}' }] })
    const schema = { type: 'object', properties: { total: { type: 'integer' } }, additionalProperties: false }
    const model = anthropicAt(server.url, { model: 'claude-sonnet-4-5' })
    const { response } = await collect(
      model,
      request({ output: { name: 'sum', schema, strict: true } }),
      stream,
    )
    expect(response.items).toMatchObject([{ type: 'message', content: [{ text: '{"total":3}' }] }])
    expect(server.requests[0]?.body).toMatchObject({
      output_config: { format: { type: 'json_schema', schema } },
    })
  })

  test('a refusal is one, and its calls are none', async () => {
    const [, , , call] = CALL.content
    if (call === undefined) throw new Error('there is a call')
    await using server = await startAnthropicServer(
      { content: [{ type: 'text', text: 'I cannot help.' }, call], stopReason: 'refusal' },
      { content: [], stopReason: 'refusal' },
    )
    const asked = request({ functions: [LOOKUP] })
    const said = await collect(anthropicAt(server.url), asked, stream)
    expect(said.response.items).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I cannot help.' }] }])
    expect(said.response.items).toHaveLength(1)
    const silent = await collect(anthropicAt(server.url), asked, stream)
    expect(silent.response.items).toMatchObject([
      { content: [{ refusal: 'the provider stopped the answer (refusal)' }] },
    ])
  })

  test('an answer that was cut short fails, and none of its calls counts', async () => {
    await using server = await startAnthropicServer({ ...CALL, stopReason: 'max_tokens' })
    const error = await failure(collect(anthropicAt(server.url), request(), stream), ModelFailure)
    expect(error.message).toContain('length (max_tokens is too small for this answer)')
    expect(error.retryable).toBeNull()
  })

  test.each([
    { status: 429, retryable: 'rate_limit', retryAfter: 3000 },
    { status: 529, retryable: 'server_error', retryAfter: 3000 },
    { status: 400, retryable: null, retryAfter: 3000 },
  ])('status $status', async ({ status, retryable, retryAfter }) => {
    const answer = apiError(status, 'some_error', `no, ${KEY}`, { 'retry-after': '3' })
    await using server = await startAnthropicServer(answer)
    const error = await failure(collect(anthropicAt(server.url), request(), stream), ModelFailure)
    expect(error).toMatchObject({ status, retryable, retryAfter })
    expect(error.message).toBe(
      `@ai-sdk/anthropic/claude-sonnet-4-0 at ${new URL(server.url).host} answered ${status}: no, [redacted:api_key]`,
    )
    expect(server.requests).toHaveLength(1)
  })

  test('a refused key says where to look', async () => {
    await using server = await startAnthropicServer(
      apiError(401, 'authentication_error', 'invalid x-api-key'),
    )
    const error = await failure(collect(anthropicAt(server.url), request(), stream), ModelFailure)
    expect(error.message).toContain('invalid x-api-key (check api_key of model "main")')
  })

  test('a page, a redirect and a body without end are refused', async () => {
    const page = body('<html>hello</html>', 200, { 'content-type': 'text/html' })
    const redirect = body('', 302, { location: 'http://127.0.0.1:1/' })
    const large = endless(Buffer.alloc(65_536, 'x'), stream ? 'text/event-stream' : 'application/json')
    await using server = await startAnthropicServer(page, redirect, large)
    const ask = () =>
      failure(
        collect(anthropicAt(server.url, { max_output_bytes: 200_000 }), request(), stream),
        ModelFailure,
      )
    expect((await ask()).message).toContain('answered with HTML, not JSON; is base_url right?')
    expect((await ask()).message).toMatch(/answered 302.*a redirect is not followed; is base_url right\?/)
    expect((await ask()).message).toContain('sent more than 200000 bytes (max_output_bytes)')
  })

  test('a body that is no answer is malformed', async () => {
    const type = stream ? 'text/event-stream' : 'application/json'
    await using server = await startAnthropicServer(
      body(stream ? 'data: {"type":3}\n\n' : '{"content":3}', 200, { 'content-type': type }),
    )
    const error = await failure(collect(anthropicAt(server.url), request(), stream), ModelFailure)
    expect(error).toMatchObject({ retryable: null })
    expect(error.message).toMatch(stream ? /failed|malformed/ : /malformed/)
  })
})

describe('a stream', () => {
  test('gives the parts of the provider as they come', async () => {
    await using server = await startAnthropicServer(TEXT)
    const { events } = await collect(anthropicAt(server.url), request(), true)
    const types = events.map((event) =>
      event.type === 'delta' ? (event.data as { type: string }).type : event.type,
    )
    expect(types).toEqual([
      'stream-start',
      'response-metadata',
      'custom',
      'text-start',
      'text-delta',
      'text',
      'text-delta',
      'text',
      'text-end',
      'finish',
      'response',
    ])
    const preamble = events.filter((event) => event.type === 'delta' && event.preamble === true)
    expect(preamble).toHaveLength(4)
  })

  test.each(['cut', 'end'] as const)('that stops in the middle (%s) is no answer', async (ending) => {
    // Up to the first half of the input of a call.
    await using server = await startAnthropicServer({ ...CALL, ending, events: 18 })
    const error = await failure(collect(anthropicAt(server.url), request(), true), ModelFailure)
    expect(error).toMatchObject({ retryable: 'network' })
    expect(error.message).toContain('broke off')
  })

  test('that begins with an error can be tried again', async () => {
    await using server = await startAnthropicServer(streamedError('overloaded_error', 'Overloaded'))
    const error = await failure(collect(anthropicAt(server.url), request(), true), ModelFailure)
    expect(error).toMatchObject({ retryable: 'server_error', status: 529 })
    expect(error.message).toContain('Overloaded')
  })

  test('tells of every sign of life, and ends when it is aborted', async () => {
    await using server = await startAnthropicServer({ ...TEXT, ending: 'stall', events: 4 })
    const controller = new AbortController()
    const reason = new Error('enough')
    let signs = 0
    const events = anthropicAt(server.url).respond(request(), {
      signal: controller.signal,
      stream: true,
      onActivity: () => signs++,
    })
    const read = (async () => {
      for await (const emission of events)
        if ([emission].flat().some(({ type }) => type === 'text')) controller.abort(reason)
    })()
    await expect(read).rejects.toBe(reason)
    expect(signs).toBeGreaterThan(2)
  })
})

describe('what a request becomes', () => {
  test('settings in the words of the API', async () => {
    const settings = {
      max_tokens: 99,
      temperature: 0.5,
      parallel_tool_calls: false,
      tool_choice: 'lookup_order',
    }
    expect(await bodyOf({ settings, functions: [LOOKUP] })).toMatchObject({
      max_tokens: 99,
      temperature: 0.5,
      tool_choice: { type: 'tool', name: 'lookup_order', disable_parallel_tool_use: true },
      tools: [{ name: 'lookup_order', description: 'Looks an order up', input_schema: LOOKUP.parameters }],
    })
  })

  test('headers and query are added, and a header can be taken away', async () => {
    await using server = await startAnthropicServer(TEXT)
    const settings = { extra_headers: { 'x-team': 'blue', 'x-gone': null }, extra_query: { beta: true } }
    const model = anthropicAt(server.url, { headers: { 'x-gone': 'here', 'x-kept': 'here' } })
    await collect(model, request({ settings }))
    expect(server.requests[0]?.path).toBe('/v1/messages?beta=true')
    expect(server.requests[0]?.headers).toMatchObject({ 'x-team': 'blue', 'x-kept': 'here' })
    expect(server.requests[0]?.headers).not.toHaveProperty('x-gone')
  })

  test('images and documents', async () => {
    const content = [
      { type: 'input_text', text: 'Look' },
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
      { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain,hi%20there' },
    ]
    const { messages } = await bodyOf({ items: [{ role: 'user', content }] })
    expect(messages).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi there' } },
        ],
      },
    ])
  })

  test('reasoning of other providers is left out, and their text and calls go along', async () => {
    const { messages } = await bodyOf({
      items: [
        userMessage('hello'),
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { type: 'reasoning', summary: [], content: [], provider: '@ai-sdk/google' },
        { type: 'function_call', call_id: 'c1', name: 'lookup_order', arguments: 'no json' },
        functionCallOutput('c1', 'Bad arguments'),
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Sorry' }] },
        userMessage('again'),
      ],
    })
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', input: { rawInvalidInput: 'no json' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'Bad arguments' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Sorry' }] },
      { role: 'user' },
    ])
  })

  test.each([
    ['an item without counterpart', [{ type: 'web_search_call', id: 'w' }], 'of type "web_search_call"'],
    ['a result without its call', [functionCallOutput('c9', 'x')], 'the result of call "c9"'],
    [
      'a file of this machine',
      [{ role: 'user', content: [{ type: 'input_image', image_url: 'file:///etc/passwd' }] }],
      'is not the http(s) or data url',
    ],
  ])('%s is refused before anything is sent', async (_what, items, message) => {
    await using server = await startAnthropicServer(TEXT)
    const error = await failure(collect(anthropicAt(server.url), request({ items })), ModelFailure)
    expect(error.message).toContain(message)
    expect(server.requests).toEqual([])
  })
})
