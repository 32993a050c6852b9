import { describe, expect, test } from 'vitest'
import { ModelFailure } from '../../../src/runtime/failures.ts'
import { chatEncoder } from '../../../src/runtime/models/openai/chat-request.ts'
import { bodyFor, failure, request } from './support.ts'
import type { FunctionSpec, ModelRequest } from '../../../src/runtime/models/model.ts'
import type { Item } from '../../../src/runtime/state/item.ts'

const LOOKUP: FunctionSpec = {
  name: 'lookup',
  description: 'd',
  parameters: { type: 'object' },
  strict: true,
}

const chatBody = (changes: Partial<ModelRequest>, stream = false) =>
  bodyFor('chat_completions', changes, stream)

async function messagesFor(...items: readonly Item[]): Promise<unknown> {
  return (await chatBody({ items, instructions: null }))['messages']
}

function assistant(text: string): Item {
  return {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
}

function call(call_id: string, name = 'f'): Item {
  return { type: 'function_call', id: `fc_${call_id}`, call_id, name, arguments: '{"a": 1}' }
}

function toolCall(id: string, name = 'f') {
  return { id, type: 'function', function: { name, arguments: '{"a": 1}' } }
}

function output(call_id: string, value: Item['output'] = 'done'): Item {
  return { type: 'function_call_output', call_id, output: value ?? null }
}

describe('messages', () => {
  test('instructions are the system message', async () => {
    expect((await chatBody({}))['messages']).toEqual([
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'hello' },
    ])
  })

  test('what the model said and called is one message, the results come right after it', async () => {
    const messages = await messagesFor(
      assistant('let me see'),
      call('c1'),
      call('c2', 'g'),
      output('c1'),
      output('c2'),
    )
    expect(messages).toEqual([
      { role: 'assistant', content: 'let me see', tool_calls: [toolCall('c1'), toolCall('c2', 'g')] },
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
    ])
  })

  test('text after a call stays with it, so that nothing stands between call and result', async () => {
    expect(await messagesFor(call('c1'), assistant('wait'), output('c1'))).toEqual([
      { role: 'assistant', content: 'wait', tool_calls: [toolCall('c1')] },
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
    ])
  })

  test('calls of the next turn are a message of their own', async () => {
    expect(await messagesFor(call('c1'), output('c1'), call('c2'), output('c2'))).toEqual([
      { role: 'assistant', content: null, tool_calls: [toolCall('c1')] },
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
      { role: 'assistant', content: null, tool_calls: [toolCall('c2')] },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
    ])
  })

  test('two texts without a call between them are two messages', async () => {
    expect(await messagesFor(assistant('one'), assistant('two'), call('c'))).toEqual([
      { role: 'assistant', content: 'one' },
      { role: 'assistant', content: 'two', tool_calls: [toolCall('c')] },
    ])
  })

  test('reasoning is left out', async () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] }
    expect(await messagesFor(reasoning, call('c'), reasoning, output('c'))).toEqual([
      { role: 'assistant', content: null, tool_calls: [toolCall('c')] },
      { role: 'tool', tool_call_id: 'c', content: 'done' },
    ])
  })

  test('a refusal is kept apart from text', async () => {
    const content = [{ type: 'refusal', refusal: 'no' }]
    expect(await messagesFor({ type: 'message', role: 'assistant', content })).toEqual([
      { role: 'assistant', content: null, refusal: 'no' },
    ])
  })

  test('content parts of the user keep their order and kind', async () => {
    const content = [
      { type: 'input_text', text: 'look' },
      { type: 'input_image', image_url: 'data:image/png;base64,x', detail: 'low' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:x' },
    ]
    expect(await messagesFor({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,x', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:x' } },
        ],
      },
    ])
  })

  test('a single text part is plain text, also from the developer', async () => {
    const item = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'x' }] }
    expect(await messagesFor(item)).toEqual([{ role: 'developer', content: 'x' }])
  })

  test('results are text; the model is told of what it cannot see', async () => {
    const parts = [
      { type: 'input_text', text: 'a chart' },
      { type: 'input_image', image_url: 'data:x' },
    ]
    expect(await messagesFor(call('c'), output('c', parts))).toMatchObject([
      {},
      { role: 'tool', content: 'a chart\n[a part of type "input_image" cannot be shown to this model]' },
    ])
  })

  test.each([
    [{ type: 'computer_call', id: 'x' }, 'an item of type "computer_call"'],
    [{ role: 'user', content: [{ type: 'input_hologram' }] }, 'a part of type "input_hologram"'],
    [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }, 'not by a file id'],
    [{ role: 'user', content: [{ type: 'input_file', file_url: 'u' }] }, 'not by a url'],
    [{ role: 'critic', content: 'x' }, 'no role "critic"'],
  ])('%j has no counterpart, which fails clearly', async (item, message) => {
    const error = await failure(messagesFor(item), ModelFailure)
    expect(error.message).toContain(message)
    expect(error.retryable).toBeNull()
  })
})

describe('options', () => {
  test('functions, choice and format are wrapped as the API wants; strict is said only when it is on', async () => {
    const output = { name: 'refund', schema: { type: 'object' }, strict: true }
    const functions = [LOOKUP, { ...LOOKUP, name: 'free', strict: false }]
    const settings = { tool_choice: 'lookup', parallel_tool_calls: true }
    expect(await chatBody({ functions, output, settings })).toMatchObject({
      tools: [
        { type: 'function', function: LOOKUP },
        { type: 'function', function: { name: 'free', description: 'd', parameters: { type: 'object' } } },
      ],
      tool_choice: { type: 'function', function: { name: 'lookup' } },
      parallel_tool_calls: true,
      response_format: { type: 'json_schema', json_schema: output },
    })
  })

  test('settings go out under the names of the API', async () => {
    const settings = {
      temperature: 0,
      frequency_penalty: 1,
      presence_penalty: 2,
      max_tokens: 100,
      reasoning: { effort: 'low', summary: 'auto' },
      verbosity: 'low',
      top_logprobs: 3,
      truncation: 'auto',
      response_include: ['x'],
    }
    const { model: _, messages: __, ...sent } = await chatBody({ settings })
    expect(sent).toEqual({
      temperature: 0,
      frequency_penalty: 1,
      presence_penalty: 2,
      max_tokens: 100,
      reasoning_effort: 'low',
      verbosity: 'low',
      top_logprobs: 3,
      logprobs: true,
    })
  })

  test("OpenAI's own server gets the newer name of max_tokens", () => {
    const encode = chatEncoder('m', { maxTokensKey: 'max_completion_tokens' })
    expect(JSON.parse(encode(request({ settings: { max_tokens: 5 } }), false))).toMatchObject({
      max_completion_tokens: 5,
    })
  })

  test('a stream is asked to end with its usage', async () => {
    expect(await chatBody({}, true)).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })
})
