import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { json, startModelServer } from '../../support/model-server.ts'
import { answer, bodyFor, collect, failure, modelAt, request } from './support.ts'
import type { FunctionSpec, ModelRequest } from '../../../src/runtime/models/model.ts'

const LOOKUP: FunctionSpec = {
  name: 'lookup',
  description: 'Looks up',
  parameters: { type: 'object', properties: {} },
  strict: true,
}

const responsesBody = (changes: Partial<ModelRequest>, stream = false) =>
  bodyFor('responses', changes, stream)

test('a plain request has the model, the instructions and the items, nothing else', async () => {
  expect(await responsesBody({})).toEqual({
    model: 'm',
    instructions: 'Be kind',
    input: [{ type: 'message', role: 'user', content: 'hello' }],
  })
})

test('streaming is asked for', async () => {
  expect(await responsesBody({ instructions: null }, true)).toEqual({
    model: 'm',
    input: [{ type: 'message', role: 'user', content: 'hello' }],
    stream: true,
  })
})

test('items go out verbatim, reasoning and unknown types included', async () => {
  const items = [
    { role: 'user', content: [{ type: 'input_image', image_url: 'data:x', detail: 'low' }] },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'c',
      name: 'f',
      arguments: '{"a": 1}',
      status: 'completed',
    },
    { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'ok' }] },
    { type: 'mcp_list_tools', id: 'x', tools: [] },
  ]
  expect((await responsesBody({ items }))['input']).toEqual(items)
})

test('the same items give the same text every time', async () => {
  const whole = answer({ text: 'x' }).responses.whole
  await using server = await startModelServer(json(whole))
  const model = modelAt(server.url, 'responses')
  const asked = request({ functions: [LOOKUP] })
  await collect(model, asked)
  await collect(model, asked)
  expect(server.requests[1]?.text).toBe(server.requests[0]?.text)
})

test('functions are tools with an explicit strict', async () => {
  const body = await responsesBody({
    functions: [LOOKUP, { ...LOOKUP, name: 'any', parameters: true, strict: false }],
  })
  expect(body['tools']).toEqual([
    { type: 'function', ...LOOKUP },
    {
      type: 'function',
      ...LOOKUP,
      name: 'any',
      parameters: { type: 'object', properties: {} },
      strict: false,
    },
  ])
})

test('an output schema is a text format, beside the verbosity', async () => {
  const output = { name: 'refund', schema: { type: 'object' }, strict: true }
  expect((await responsesBody({ output, settings: { verbosity: 'low' } }))['text']).toEqual({
    format: { type: 'json_schema', ...output },
    verbosity: 'low',
  })
})

describe('settings', () => {
  test('go out under the names of the API; penalties do not exist there', async () => {
    const settings = {
      temperature: 0,
      top_p: 0.5,
      truncation: 'auto',
      max_tokens: 100,
      reasoning: { effort: 'low', summary: 'auto' },
      metadata: { a: 'b' },
      store: true,
      prompt_cache_retention: '24h',
      top_logprobs: 3,
      response_include: ['file_search_call.results'],
      frequency_penalty: 1,
      presence_penalty: 1,
    }
    const { model: _, instructions: __, input: ___, ...sent } = await responsesBody({ settings })
    expect(sent).toEqual({
      temperature: 0,
      top_p: 0.5,
      truncation: 'auto',
      max_output_tokens: 100,
      reasoning: { effort: 'low', summary: 'auto' },
      metadata: { a: 'b' },
      store: true,
      prompt_cache_retention: '24h',
      top_logprobs: 3,
      include: ['file_search_call.results', 'message.output_text.logprobs'],
    })
  })

  test('without a store, reasoning is asked for encrypted, so that it can be replayed', async () => {
    expect(await responsesBody({ settings: { store: false } })).toMatchObject({
      include: ['reasoning.encrypted_content'],
    })
    const body = await responsesBody({
      settings: { store: false, response_include: ['reasoning.encrypted_content'] },
    })
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
  })

  test.each([
    ['auto', 'auto'],
    ['required', 'required'],
    ['none', 'none'],
    ['lookup', { type: 'function', name: 'lookup' }],
  ])('tool_choice %s', async (tool_choice, sent) => {
    const settings = { tool_choice, parallel_tool_calls: false }
    expect(await responsesBody({ settings, functions: [LOOKUP] })).toMatchObject({
      tool_choice: sent,
      parallel_tool_calls: false,
    })
    const without = await responsesBody({ settings })
    expect(without).not.toHaveProperty('tool_choice')
    expect(without).not.toHaveProperty('parallel_tool_calls')
  })

  test('extra_body overrides what is there and adds what is not', async () => {
    const settings = {
      temperature: 1,
      extra_body: { temperature: 0, service_tier: 'flex', tools: [{ type: 'x' }] },
    }
    expect(await responsesBody({ settings, functions: [LOOKUP] })).toMatchObject({
      temperature: 0,
      service_tier: 'flex',
      tools: [{ type: 'x' }],
    })
  })

  test.each(['input', 'messages', 'stream'])('extra_body cannot take over %s', async (key) => {
    const error = await failure(responsesBody({ settings: { extra_body: { [key]: true } } }), ModelFailure)
    expect(error.message).toContain(`model_settings.extra_body cannot set "${key}"`)
  })

  test('extra_query and extra_headers reach the server; null takes a header away', async () => {
    await using server = await startModelServer(json(answer({ text: 'x' }).responses.whole))
    const settings = {
      extra_query: { 'api-version': '1', flag: true },
      extra_headers: { 'x-a': 'b', 'X-Number': 7, 'User-Agent': null },
    }
    await collect(modelAt(server.url, 'responses'), request({ settings }))
    const [made] = server.requests
    expect(made?.path).toBe('/v1/responses?api-version=1&flag=true')
    expect(made?.headers).toMatchObject({ 'x-a': 'b', 'x-number': '7' })
    expect(made?.headers).not.toHaveProperty('user-agent')
  })
})
