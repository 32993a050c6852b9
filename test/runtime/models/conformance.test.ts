/** Both APIs, streaming or not, give the same items for the same content, from a server nobody here wrote. */
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { isJsonArray, isJsonObject } from '../../../src/util/json.ts'
import { collect, failure, modelAt, request } from './support.ts'
import type { Json, JsonObject } from '../../../src/util/json.ts'
import type { FunctionSpec } from '../../../src/runtime/models/model.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import type { Api } from './support.ts'

const WAYS = (['responses', 'chat_completions'] as const).flatMap((api) =>
  [false, true].map((stream) => ({ api, stream })),
)

const LOOKUP: FunctionSpec = {
  name: 'lookup_order',
  description: 'Looks an order up',
  parameters: { type: 'object', properties: { order_id: { type: 'integer' } }, required: ['order_id'] },
  strict: false,
}
const CANCEL: FunctionSpec = { ...LOOKUP, name: 'cancel_order' }

let server: LLMock

beforeAll(async () => {
  server = new LLMock({ port: 0, chunkSize: 3 })
  server.on({ toolCallId: 'call_b' }, { content: 'Both done' })
  server.onMessage('say hello', { content: 'Grüße, 👩‍🚀!', usage: { input_tokens: 7, output_tokens: 3 } })
  server.onMessage('call two', {
    content: 'Let me see',
    toolCalls: [
      { id: 'call_a', name: 'lookup_order', arguments: '{"order_id": 7}' },
      { id: 'call_b', name: 'cancel_order', arguments: '{"order_id": 8}' },
    ],
  })
  server.onMessage('busy', { error: { message: 'slow down' }, status: 429, retryAfter: 3 })
  await server.start()
})

afterAll(async () => {
  await server.stop()
})

/** What every way must agree on: ids of items are the server's own, and one API has logprobs where the other has none. */
function essence(items: readonly Item[]): readonly JsonObject[] {
  return items.map(({ content, ...item }) => {
    if (!isJsonArray(content)) return without(item, 'id')
    return {
      ...without(item, 'id'),
      content: content.filter(isJsonObject).map((part) => without(part, 'logprobs')),
    }
  })
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

function ask(api: Api, stream: boolean, ...items: readonly Item[]) {
  return collect(modelAt(`${server.url}/v1`, api), request({ items, functions: [LOOKUP, CANCEL] }), stream)
}

function user(content: Json): Item {
  return { type: 'message', role: 'user', content }
}

const MESSAGE = { type: 'message', role: 'assistant', status: 'completed' }
const CALL = { type: 'function_call', status: 'completed' }

describe.each(WAYS)('$api, stream: $stream', ({ api, stream }) => {
  test('text', async () => {
    const { response, text } = await ask(api, stream, user('say hello'))
    expect(essence(response.items)).toEqual([
      { ...MESSAGE, content: [{ type: 'output_text', text: 'Grüße, 👩‍🚀!', annotations: [] }] },
    ])
    expect(text).toBe(stream ? 'Grüße, 👩‍🚀!' : '')
    expect(response.response_id).toEqual(expect.any(String))
  })

  test('usage', async () => {
    const { response } = await ask(api, stream, user('say hello'))
    expect(response.usage).toMatchObject({ requests: 1, input_tokens: 7, output_tokens: 3, total_tokens: 10 })
  })

  test('text with two calls, then their results', async () => {
    const question = user([{ type: 'input_text', text: 'call two' }])
    const { response } = await ask(api, stream, question)
    expect(essence(response.items)).toEqual([
      { ...MESSAGE, content: [{ type: 'output_text', text: 'Let me see', annotations: [] }] },
      { ...CALL, call_id: 'call_a', name: 'lookup_order', arguments: '{"order_id": 7}' },
      { ...CALL, call_id: 'call_b', name: 'cancel_order', arguments: '{"order_id": 8}' },
    ])
    const results = ['call_a', 'call_b'].map((call_id) => ({
      type: 'function_call_output',
      call_id,
      output: 'ok',
    }))
    const next = await ask(api, stream, question, ...response.items, ...results)
    expect(essence(next.response.items)).toMatchObject([{ content: [{ text: 'Both done' }] }])
  })

  test('a rate limit', async () => {
    const error = await failure(ask(api, stream, user('busy')), ModelFailure)
    expect(error).toMatchObject({ status: 429, retryable: 'rate_limit', retryAfter: 3000 })
    expect(error.message).toContain('slow down')
  })
})

test('a malformed body and a lost connection fail in every way', async () => {
  for (const { api, stream } of WAYS) {
    server.setChaos({ malformedRate: 1 })
    expect(await failure(ask(api, stream, user('say hello')), ModelFailure)).toMatchObject({
      retryable: null,
    })
    server.setChaos({ disconnectRate: 1 })
    expect(await failure(ask(api, stream, user('say hello')), ModelFailure)).toMatchObject({
      retryable: 'network',
    })
    server.clearChaos()
  }
})
