/** Hosted tools, stored prompts, conversations and reasoning in requests of the Responses API. */
import { describe, expect, test } from 'vitest'
import { bodyFor } from './support.ts'
import type { FunctionSpec, HostedSpec, ModelRequest } from '../../../src/runtime/models/model.ts'
import type { Item } from '../../../src/runtime/state/item.ts'

const lookup: FunctionSpec = {
  name: 'lookup',
  description: '',
  parameters: { type: 'object' },
  strict: false,
}
const search: HostedSpec = { name: 'look_around', type: 'web_search', settings: {} }

const bodyOf = (changes: Partial<ModelRequest>) => bodyFor('responses', changes)

describe('hosted tools', () => {
  test.each<[string, HostedSpec, object]>([
    ['a bare search', search, { type: 'web_search' }],
    [
      'a search with its settings',
      {
        ...search,
        settings: {
          user_location: { country: 'DE' },
          filters: { allowed_domains: ['a.b'] },
          search_context_size: 'low',
        },
      },
      {
        type: 'web_search',
        user_location: { type: 'approximate', country: 'DE' },
        filters: { allowed_domains: ['a.b'] },
        search_context_size: 'low',
      },
    ],
    [
      'code in a container of its own',
      { name: 'code', type: 'code_interpreter', settings: {} },
      { type: 'code_interpreter', container: { type: 'auto' } },
    ],
    [
      'code in a container with settings',
      { name: 'code', type: 'code_interpreter', settings: { container: { memory_limit: '4g' } } },
      { type: 'code_interpreter', container: { type: 'auto', memory_limit: '4g' } },
    ],
    [
      'code in a given container',
      { name: 'code', type: 'code_interpreter', settings: { container: 'cntr_1' } },
      { type: 'code_interpreter', container: 'cntr_1' },
    ],
    [
      'images',
      { name: 'paint', type: 'image_generation', settings: { size: '1024x1024', quality: 'low' } },
      { type: 'image_generation', size: '1024x1024', quality: 'low' },
    ],
  ])('%s', async (_, hosted, sent) => {
    expect((await bodyOf({ functions: [lookup], hosted: [hosted] }))['tools']).toEqual([
      { type: 'function', ...lookup },
      sent,
    ])
  })

  test('the results of a file search are included when asked for, and not a setting of the tool', async () => {
    const settings = { vector_store_ids: ['vs_1'], max_num_results: 3, include_search_results: true }
    expect(await bodyOf({ hosted: [{ name: 'files', type: 'file_search', settings }] })).toMatchObject({
      tools: [{ type: 'file_search', vector_store_ids: ['vs_1'], max_num_results: 3 }],
      include: ['file_search_call.results'],
    })
  })

  test.each(['look_around', 'web_search'])('are chosen by name or type: %s', async (tool_choice) => {
    const body = await bodyOf({ functions: [lookup], hosted: [search], settings: { tool_choice } })
    expect(body['tool_choice']).toEqual({ type: 'web_search' })
  })

  test('a function of that name comes first', async () => {
    const functions = [{ ...lookup, name: 'web_search' }]
    const body = await bodyOf({ functions, hosted: [search], settings: { tool_choice: 'web_search' } })
    expect(body['tool_choice']).toEqual({ type: 'function', name: 'web_search' })
  })
})

describe('a stored prompt', () => {
  test('goes along with its variables, and the model unless it is the prompt that names it', async () => {
    const prompt = { id: 'pmpt_1', version: '2', variables: { tone: 'kind' } }
    const body = await bodyOf({ prompt: { ...prompt, names_model: false } })
    expect(body).toMatchObject({ model: 'm', prompt })
    expect(await bodyOf({ prompt: { id: 'pmpt_1', names_model: true } })).not.toHaveProperty('model')
  })

  test('may bring tools: what is said about tools in general stays', async () => {
    const settings = { tool_choice: 'required', parallel_tool_calls: false }
    const body = await bodyOf({ prompt: { id: 'p', names_model: true }, settings })
    expect(body).toMatchObject(settings)
    expect(body).not.toHaveProperty('tools')
  })
})

test('a conversation is named', async () => {
  expect(await bodyOf({ conversation: { conversation_id: 'conv_1' } })).toMatchObject({
    conversation: 'conv_1',
  })
  expect(await bodyOf({ conversation: { previous_response_id: 'resp_1' } })).toMatchObject({
    previous_response_id: 'resp_1',
  })
  expect(await bodyOf({ conversation: { previous_response_id: null } })).not.toHaveProperty(
    'previous_response_id',
  )
})

describe('reasoning in the history', () => {
  const user: Item = { type: 'message', role: 'user', content: 'hello' }
  const plain: Item = { type: 'reasoning', id: 'rs_1', summary: [] }
  const encrypted: Item = { ...plain, encrypted_content: 'gAAA' }
  const call: Item = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' }
  const output: Item = { type: 'function_call_output', call_id: 'c', output: 'ok' }
  const bare = ({ id: _, ...item }: Item): Item => item
  const sent = async (items: readonly Item[], more: Partial<ModelRequest> = {}) =>
    (await bodyOf({ items, ...more }))['input']
  const storesNothing = { settings: { store: false } }

  test('goes back verbatim to a server that stores responses', async () => {
    expect(await sent([user, plain, call, output])).toEqual([user, plain, call, output])
  })

  test('goes back to one that stores nothing when it is encrypted', async () => {
    expect(await sent([user, encrypted, call, output], storesNothing)).toEqual([
      user,
      encrypted,
      call,
      output,
    ])
  })

  test('is left out where its id would mean nothing, and what it led to forgets its own', async () => {
    const items = [user, plain, call, output, encrypted, { ...call, call_id: 'd' }]
    expect(await sent(items, storesNothing)).toEqual([
      user,
      bare(call),
      output,
      encrypted,
      { ...call, call_id: 'd' },
    ])
  })

  test('of another provider is left out', async () => {
    const foreign = { type: 'reasoning', summary: [], provider_data: { model: 'x' } }
    expect(await sent([user, foreign, bare(call), output])).toEqual([user, bare(call), output])
  })

  test('loses its id where the spec says so', async () => {
    expect(await sent([user, plain, call, output], { omits_reasoning_ids: true })).toEqual([
      user,
      bare(plain),
      call,
      output,
    ])
  })
})
