/** The real package @ai-sdk/openai-compatible: the same items as our own client gets from the same server. */
import { describe, expect, test } from 'vitest'
import { ModelFailure, UsageFailure } from '../../../../src/runtime/failures.ts'
import { createModel } from '../../../../src/runtime/models/create-model.ts'
import { userMessage } from '../../../../src/runtime/state/item.ts'
import { functionCallOutput } from '../../../support/items.ts'
import { isJsonArray } from '../../../../src/util/json.ts'
import { json, sse, startModelServer, stream as streamed } from '../../../support/model-server.ts'
import { answer, collect, definition, failure, modelAt, request } from '../support.ts'
import { ANTHROPIC, COMPATIBLE, compatibleAt, KEY, LOOKUP } from './support.ts'
import type { Answer, Ending } from '../../../support/model-server.ts'
import type { Item } from '../../../../src/runtime/state/item.ts'
import type { Said } from '../support.ts'

const WAYS = [{ stream: false }, { stream: true }]
const CALL: Said = {
  text: 'Let me see',
  call: { id: 'call_a', name: 'lookup_order', args: '{"order_id": 7}' },
}

function serving(said: Said, stream: boolean): Answer {
  const { whole, events } = answer(said).chat_completions
  return stream ? streamed([sse(events)]) : json(whole)
}

/** Chunks of a stream that is not as it should be. */
function chunks(deltas: readonly object[], ending: Ending = 'end'): Answer {
  const choices = deltas.map((delta) => ({ id: 'c', choices: [{ index: 0, ...delta }] }))
  return streamed([sse(choices)], ending)
}

async function streamFailure(answered: Answer): Promise<ModelFailure> {
  await using server = await startModelServer(answered)
  return await failure(collect(compatibleAt(server.url), request(), true), ModelFailure)
}

describe.each(WAYS)('stream: $stream', ({ stream }) => {
  test('text and a call, then its result, as our own client sees and says them', async () => {
    await using server = await startModelServer(serving(CALL, stream), serving({ text: 'Done' }, stream))
    const asked = { functions: [LOOKUP] }
    const own = modelAt(server.url, 'chat_completions')
    const expected = await collect(own, request(asked), stream)
    await using other = await startModelServer(serving(CALL, stream), serving({ text: 'Done' }, stream))
    const model = compatibleAt(other.url)
    const { response, text } = await collect(model, request(asked), stream)
    expect(response.items).toEqual(expected.response.items)
    expect(text).toBe(expected.text)

    const items = [userMessage('hello'), ...response.items, functionCallOutput('call_a', 'shipped')]
    await collect(own, request({ ...asked, items }), stream)
    await collect(model, request({ ...asked, items }), stream)
    // It parses arguments and writes them anew, without spaces.
    const compact = (value: unknown) => JSON.stringify(value).replaceAll(': ', ':')
    expect(compact(other.requests[1]?.body['messages'])).toBe(compact(server.requests[1]?.body['messages']))
    expect(other.requests[1]?.body['tools']).toEqual(server.requests[1]?.body['tools'])
    expect(other.requests[1]?.headers['authorization']).toBe(`Bearer ${KEY}`)
  })

  test('reasoning goes back to the server it came from, and to no other', async () => {
    const message = { role: 'assistant', reasoning_content: 'Hm', content: 'Hi' }
    const whole = json({ id: 'c', choices: [{ message, finish_reason: 'stop' }] })
    const parts = chunks([{ delta: message }, { delta: {}, finish_reason: 'stop' }])
    await using server = await startModelServer(stream ? parts : whole)
    const { response } = await collect(compatibleAt(server.url), request(), stream)
    expect(response.items).toMatchObject([
      {
        type: 'reasoning',
        summary: [],
        content: [{ type: 'reasoning_text', text: 'Hm' }],
        provider: COMPATIBLE,
      },
      { type: 'message', content: [{ text: 'Hi' }] },
    ])
    const items = [userMessage('hello'), ...response.items, userMessage('more')]
    await collect(compatibleAt(server.url), request({ items }), stream)
    expect(server.requests[1]?.body['messages']).toMatchObject([
      { role: 'system' },
      { role: 'user' },
      { role: 'assistant', content: 'Hi', reasoning_content: 'Hm' },
      { role: 'user' },
    ])
    await using openai = await startModelServer(json(answer({ text: 'x' }).responses.whole))
    await collect(modelAt(openai.url, 'responses'), request({ items }))
    const input = openai.requests[0]?.body['input']
    expect(isJsonArray(input) ? input.length : 0).toBe(3)
  })

  test('what was signed on a call goes back with it, and to no other server', async () => {
    const extra_content = { google: { thought_signature: 'sig-9' } }
    const call = { id: 'c1', function: { name: 'lookup_order', arguments: '{}' }, extra_content }
    const whole = json({
      id: 'c',
      choices: [{ message: { content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }],
    })
    const parts = chunks([
      { delta: { tool_calls: [{ index: 0, ...call }] } },
      { delta: {}, finish_reason: 'tool_calls' },
    ])
    await using server = await startModelServer(stream ? parts : whole)
    const { response } = await collect(compatibleAt(server.url), request(), stream)
    const foreign = { type: 'reasoning', summary: [], content: [{ text: 'Hm' }], provider: ANTHROPIC }
    const items = [userMessage('hello'), foreign, ...response.items, functionCallOutput('c1', 'ok')]
    await collect(compatibleAt(server.url), request({ items }), stream)
    const messages = server.requests[1]?.body['messages']
    expect(messages).toMatchObject([{}, {}, { tool_calls: [{ id: 'c1', extra_content }] }, { role: 'tool' }])
    expect(JSON.stringify(messages)).not.toContain('Hm')
    await using openai = await startModelServer(json(answer({ text: 'x' }).responses.whole))
    await collect(modelAt(openai.url, 'responses'), request({ items }))
    expect(openai.requests[0]?.text).toContain('"call_id":"c1"')
    expect(openai.requests[0]?.text).not.toContain('sig-9')
  })

  test('an answer by a schema', async () => {
    await using server = await startModelServer(serving({ text: '{"a":1}' }, stream))
    const schema = { type: 'object', properties: { a: { type: 'integer' } } }
    await collect(compatibleAt(server.url), request({ output: { name: 'o', schema, strict: true } }), stream)
    expect(server.requests[0]?.body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'o', schema },
    })
  })

  test('too many requests', async () => {
    const busy = json({ error: { message: 'slow down' } }, 429, { 'retry-after-ms': '250' })
    await using server = await startModelServer(busy)
    const error = await failure(collect(compatibleAt(server.url), request(), stream), ModelFailure)
    expect(error).toMatchObject({ status: 429, retryable: 'rate_limit', retryAfter: 250 })
    expect(error.message).toContain('answered 429: slow down')
  })

  test('a server that is not there', async () => {
    const error = await failure(
      collect(compatibleAt('http://127.0.0.1:1/v1'), request(), stream),
      ModelFailure,
    )
    expect(error).toMatchObject({ retryable: 'network' })
    expect(error.message).toContain('the connection to @ai-sdk/openai-compatible/local at 127.0.0.1:1 failed')
  })

  test('a filtered answer is a refusal', async () => {
    const whole = { id: 'c', choices: [{ message: { content: 'So' }, finish_reason: 'content_filter' }] }
    const parts = chunks([{ delta: { content: 'So' } }, { delta: {}, finish_reason: 'content_filter' }])
    await using server = await startModelServer(stream ? parts : json(whole))
    const { response } = await collect(compatibleAt(server.url), request(), stream)
    expect(response.items).toMatchObject([{ content: [{ type: 'refusal', refusal: 'So' }] }])
  })
})

describe('a stream', () => {
  const begun = {
    tool_calls: [{ index: 0, id: 'c1', function: { name: 'lookup_order', arguments: '{"or' } }],
  }

  test('without a finish reason is cut, also when a call seems to be whole', async () => {
    const whole = {
      tool_calls: [{ index: 0, id: 'c1', function: { name: 'lookup_order', arguments: '{}' } }],
    }
    expect(await streamFailure(chunks([{ delta: whole }]))).toMatchObject({ retryable: 'network' })
  })

  test('that ends for a reason nobody knows has no calls', async () => {
    const error = await streamFailure(chunks([{ delta: begun }, { delta: {}, finish_reason: 'abort' }]))
    expect(error.message).toContain('stopped before its answer was complete: abort')
  })

  test('whose connection is lost is cut', async () => {
    const error = await streamFailure(chunks([{ delta: { content: 'Hi' } }], 'cut'))
    expect(error).toMatchObject({ retryable: 'network' })
    expect(error.message).toContain('broke off')
  })

  test('with an error in it fails with the words of the server', async () => {
    const reported = { error: { message: 'Overloaded', type: 'overloaded_error', code: 529 } }
    const error = await streamFailure(streamed([sse([reported])]))
    expect(error.message).toContain('reported an error: Overloaded')
    expect(error.retryable).toBe('server_error')
  })

  test('with something else than JSON in it is malformed', async () => {
    const error = await streamFailure(streamed([Buffer.from('data: {"id": \n\n')]))
    expect(error.message).toContain('malformed answer')
  })

  test('asks for usage', async () => {
    await using server = await startModelServer(serving({ text: 'x' }, true))
    await collect(compatibleAt(server.url), request(), true)
    expect(server.requests[0]?.body['stream_options']).toEqual({ include_usage: true })
  })
})

describe('what it needs', () => {
  test('an address', async () => {
    const model = createModel(definition({ provider: COMPATIBLE }), 'main', {})
    const error = await failure(Promise.resolve(model.prepare?.()), UsageFailure)
    expect(error).toMatchObject({ code: 'model_unusable', hint: 'add models.main.base_url' })
  })

  test('of the variables named after the package, also where only .env has them', async () => {
    await using server = await startModelServer(serving({ text: 'x' }, false))
    const variables = { OPENAI_COMPATIBLE_BASE_URL: server.url, OPENAI_COMPATIBLE_API_KEY: 'k-1' }
    await collect(createModel(definition({ provider: COMPATIBLE }), 'main', variables))
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer k-1')
  })

  test('options of its own come from extra_body', async () => {
    await using server = await startModelServer(serving({ text: 'x' }, false))
    const settings = {
      extra_body: { top_k: 3 },
      parallel_tool_calls: false,
      reasoning: { effort: 'low' },
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
    }
    await collect(compatibleAt(server.url), request({ settings, functions: [LOOKUP] }))
    expect(server.requests[0]?.body).toMatchObject({
      top_k: 3,
      parallel_tool_calls: false,
      reasoning_effort: 'low',
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
    })
  })

  test('an effort that the interface knows', async () => {
    const settings = { reasoning: { effort: 'gigantic' } }
    const asked = collect(compatibleAt('http://127.0.0.1:1/v1'), request({ settings }))
    expect((await failure(asked, ModelFailure)).message).toContain('AI SDK providers know none, minimal, low')
  })

  test('call ids where the server gives none', async () => {
    const call = { function: { name: 'lookup_order', arguments: '' } }
    const message = { content: null, tool_calls: [call] }
    await using server = await startModelServer(
      json({ id: 'c', choices: [{ message, finish_reason: 'tool_calls' }] }),
    )
    const { response } = await collect(compatibleAt(server.url))
    const [item]: readonly Item[] = response.items
    expect(item).toMatchObject({
      type: 'function_call',
      arguments: '{}',
      call_id: expect.stringMatching(/.+/),
    })
  })
})
