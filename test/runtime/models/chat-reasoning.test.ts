import { expect, test } from 'vitest'
import { json, sse, startModelServer, stream } from '../../support/model-server.ts'
import { answer, bodyFor, collect, modelAt, request } from './support.ts'
import type { Item } from '../../../src/runtime/state/item.ts'

const summarized = (text: string, model = 'm'): Item => ({
  type: 'reasoning',
  summary: [{ type: 'summary_text', text }],
  provider_data: { model, field: 'reasoning_content' },
})
const worded = (text: string, model = 'm'): Item => ({
  type: 'reasoning',
  summary: [],
  content: [{ type: 'reasoning_text', text }],
  provider_data: { model, field: 'reasoning' },
})
const message = (field: string) => ({
  choices: [{ message: { role: 'assistant', content: 'Yes', [field]: 'Hmm' }, finish_reason: 'stop' }],
})
const chunks = (field: string) => [
  ...['H', 'mm'].map((piece) => ({ choices: [{ delta: { [field]: piece } }] })),
  { choices: [{ delta: { content: 'Yes' }, finish_reason: 'stop' }] },
  '[DONE]',
]

test.each([
  ['reasoning_content', summarized('Hmm')],
  ['reasoning', worded('Hmm')],
] as const)('%s beside a message is an item before it, streamed or not', async (field, item) => {
  await using server = await startModelServer(json(message(field)), stream([sse(chunks(field))]))
  const model = modelAt(server.url, 'chat_completions')
  for (const streams of [false, true]) {
    const { response, text } = await collect(model, request(), streams)
    expect(response.items).toMatchObject([item, { type: 'message', content: [{ text: 'Yes' }] }])
    expect(text).toBe(streams ? 'Yes' : '')
  }
})

const call: Item = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
const output: Item = { type: 'function_call_output', call_id: 'c', output: 'ok' }
const said: Item = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Let me see' }],
}

async function assistants(model: string, items: readonly Item[]): Promise<readonly unknown[]> {
  await using server = await startModelServer(json(answer({ text: 'x' }).chat_completions.whole))
  await collect(modelAt(server.url, 'chat_completions', { model }), request({ items }))
  const messages = server.requests[0]?.body['messages'] as readonly { role: string }[]
  return messages.filter(({ role }) => role === 'assistant')
}

test('goes back with the calls it led to, to the model it came from', async () => {
  const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const alone = { role: 'assistant', content: null, tool_calls: calls }
  expect(await assistants('m', [worded('Hmm'), call, output])).toEqual([{ ...alone, reasoning: 'Hmm' }])
  expect(await assistants('other', [worded('Hmm'), call, output])).toEqual([alone])
  expect(await assistants('deepseek-x', [summarized('Hmm', 'deepseek-x'), call, output])).toEqual([
    { ...alone, reasoning_content: 'Hmm' },
  ])
  expect(await assistants('m', [summarized('Hmm'), call, output])).toEqual([alone])
  expect(await assistants('m', [worded('Hmm'), said, call, output])).toEqual([
    { ...alone, content: 'Let me see', reasoning: 'Hmm' },
  ])
})

test('what tools of another provider did is left out: their answer is in the messages', async () => {
  const items = [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, said]
  expect((await bodyFor('chat_completions', { items, instructions: null }))['messages']).toEqual([
    { role: 'assistant', content: 'Let me see' },
  ])
})
