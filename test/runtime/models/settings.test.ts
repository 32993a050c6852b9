/** Where every model setting goes in the requests of both APIs, seen by a server. */
import { expect, test } from 'vitest'
import { json, startModelServer } from '../../support/model-server.ts'
import { answer, bodyFor, collect, modelAt, request } from './support.ts'
import type { Api } from './support.ts'
import type { FunctionSpec } from '../../../src/runtime/models/model.ts'
import type { Json, JsonObject } from '../../../src/util/json.ts'

const lookup: FunctionSpec = {
  name: 'lookup',
  description: '',
  parameters: { type: 'object' },
  strict: false,
}

/** A setting, and what it is in the body of each API; nothing: the API has no place for it. */
const table: readonly (readonly [key: string, value: Json, responses: JsonObject, chat: JsonObject])[] = [
  ['temperature', 0, { temperature: 0 }, { temperature: 0 }],
  ['top_p', 0.5, { top_p: 0.5 }, { top_p: 0.5 }],
  ['frequency_penalty', 1, {}, { frequency_penalty: 1 }],
  ['presence_penalty', -1, {}, { presence_penalty: -1 }],
  ['tool_choice', 'auto', { tool_choice: 'auto' }, { tool_choice: 'auto' }],
  ['tool_choice', 'required', { tool_choice: 'required' }, { tool_choice: 'required' }],
  ['tool_choice', 'none', { tool_choice: 'none' }, { tool_choice: 'none' }],
  [
    'tool_choice',
    'lookup',
    { tool_choice: { type: 'function', name: 'lookup' } },
    { tool_choice: { type: 'function', function: { name: 'lookup' } } },
  ],
  ['parallel_tool_calls', false, { parallel_tool_calls: false }, { parallel_tool_calls: false }],
  ['truncation', 'auto', { truncation: 'auto' }, {}],
  ['max_tokens', 10, { max_output_tokens: 10 }, { max_tokens: 10 }],
  [
    'reasoning',
    { effort: 'low', summary: 'auto' },
    { reasoning: { effort: 'low', summary: 'auto' } },
    { reasoning_effort: 'low' },
  ],
  ['verbosity', 'low', { text: { verbosity: 'low' } }, { verbosity: 'low' }],
  ['metadata', { team: 'a' }, { metadata: { team: 'a' } }, { metadata: { team: 'a' } }],
  ['store', true, { store: true }, { store: true }],
  ['store', false, { store: false, include: ['reasoning.encrypted_content'] }, { store: false }],
  ['prompt_cache_retention', '24h', { prompt_cache_retention: '24h' }, { prompt_cache_retention: '24h' }],
  ['response_include', ['file_search_call.results'], { include: ['file_search_call.results'] }, {}],
  [
    'top_logprobs',
    3,
    { top_logprobs: 3, include: ['message.output_text.logprobs'] },
    { top_logprobs: 3, logprobs: true },
  ],
  ['extra_body', { service_tier: 'flex' }, { service_tier: 'flex' }, { service_tier: 'flex' }],
]

const apis: readonly (readonly [Api, 2 | 3])[] = [
  ['responses', 2],
  ['chat_completions', 3],
]

test.each(table.flatMap((row) => apis.map(([api, at]) => [row[0], row[1], api, row[at]] as const)))(
  '%s: %j for %s',
  async (key, value, api, expected) => {
    const bare = await bodyFor(api, { functions: [lookup] })
    const body = await bodyFor(api, { functions: [lookup], settings: { [key]: value } })
    expect(body).toEqual({ ...bare, ...expected })
  },
)

test.each(apis)('extra_query and extra_headers for %s', async (api) => {
  await using server = await startModelServer(json(answer({ text: 'x' })[api].whole))
  const settings = { extra_query: { 'api-version': '1' }, extra_headers: { 'X-Team': 'a' } }
  await collect(modelAt(server.url, api), request({ settings }))
  expect(server.requests[0]?.path).toMatch(/\?api-version=1$/)
  expect(server.requests[0]?.headers['x-team']).toBe('a')
})
