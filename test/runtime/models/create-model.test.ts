import { describe, expect, test } from 'vitest'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import { createModel } from '../../../src/runtime/models/create-model.ts'
import { parseModelReference } from '../../../src/runtime/models/model-reference.ts'
import { json, startModelServer } from '../../support/model-server.ts'
import { collect, definition, script } from './support.ts'
import type { ModelDefinition } from '../../../src/compiler/program-models.ts'

const ANSWER = json({ id: 'resp_1', object: 'response', status: 'completed', output: [] })

/** The headers and path of the request a model makes. */
async function requestOf(changes: Partial<ModelDefinition>, variables: Record<string, string> = {}) {
  await using server = await startModelServer(ANSWER)
  const filled = Object.entries(variables).map(([name, value]) => [
    name,
    value.replace('$SERVER', server.url),
  ])
  const base = 'OPENAI_BASE_URL' in variables ? {} : { base_url: server.url }
  await collect(createModel(definition({ ...base, ...changes }), 'main', Object.fromEntries(filled)))
  const [made] = server.requests
  if (made === undefined) throw new Error('no request came')
  return made
}

describe('the provider', () => {
  test('scripted answers from its script', async () => {
    const model = createModel(script([{ text: 'hi' }]), 'main', {})
    expect(model.name).toBe('scripted/main')
    expect((await collect(model)).response.items).toHaveLength(1)
  })

  test('openai is named with its model', () => {
    expect(createModel(definition({ model: 'gpt' }), 'main', { OPENAI_API_KEY: 'k' }).name).toBe('openai/gpt')
  })

  test('a package of the AI SDK is named with its model, and not loaded before it is needed', () => {
    const model = createModel(definition({ provider: '@ai-sdk/not-installed', model: 'm' }), 'main', {})
    expect(model.name).toBe('@ai-sdk/not-installed/m')
  })

  test('any other is unknown', () => {
    const create = () => createModel(definition({ provider: 'opanai' }), 'main', {})
    expect(create).toThrow(UsageFailure)
    expect(create).toThrow('uses the provider "opanai", which nobody knows')
  })
})

describe('what an openai model needs', () => {
  test('a key for the server of OpenAI', () => {
    const create = () => createModel(definition(), 'main', { OPENAI_API_KEY: '' })
    expect(create).toThrow(UsageFailure)
    expect(create).toThrow('Model "main" (openai/m) needs an API key')
  })

  test('no key where the headers bring an authorization', () => {
    const headers = { authorization: 'Bearer x' }
    expect(createModel(definition({ headers }), 'main', {}).name).toBe('openai/m')
  })

  test('a model id', () => {
    const { model: _, ...unnamed } = definition()
    expect(() => createModel(unnamed, 'main', { OPENAI_API_KEY: 'k' })).toThrow(
      'does not say which model to use',
    )
  })

  test.each(['localhost:8080', 'ftp://x/v1', 'nonsense'])(
    'a usable base url, which %s is not',
    (base_url) => {
      expect(() => createModel(definition({ base_url }), 'main', {})).toThrow('is not an http or https url')
    },
  )
})

describe('how it is let in', () => {
  test('with the key of the spec before the variable', async () => {
    const { headers } = await requestOf({ api_key: 'spec-key' }, { OPENAI_API_KEY: 'env-key' })
    expect(headers['authorization']).toBe('Bearer spec-key')
  })

  test('with the variable otherwise', async () => {
    expect((await requestOf({}, { OPENAI_API_KEY: 'env-key' })).headers['authorization']).toBe(
      'Bearer env-key',
    )
  })

  test('without any authorization when there is no key, as local servers work', async () => {
    expect((await requestOf({})).headers['authorization']).toBeUndefined()
  })

  test('with organization and project, of the spec or the variables', async () => {
    const made = await requestOf(
      { organization: 'org-spec' },
      { OPENAI_ORG_ID: 'org-env', OPENAI_PROJECT_ID: 'proj' },
    )
    expect(made.headers['openai-organization']).toBe('org-spec')
    expect(made.headers['openai-project']).toBe('proj')
  })

  test('with the headers of the definition', async () => {
    expect((await requestOf({ headers: { 'x-team': 'blue' } })).headers['x-team']).toBe('blue')
  })

  test('at OPENAI_BASE_URL when the spec names no server', async () => {
    expect((await requestOf({}, { OPENAI_BASE_URL: '$SERVER' })).path).toBe('/v1/responses')
  })

  test('through the API the definition names', async () => {
    await using server = await startModelServer(json({ choices: [{ message: { content: 'x' } }] }))
    const model = createModel(definition({ base_url: server.url, api: 'chat_completions' }), 'main', {})
    await collect(model)
    expect(server.requests[0]?.path).toBe('/v1/chat/completions')
  })
})

describe('provider/model', () => {
  test.each([
    ['openai/gpt-5.6-luna', 'openai', 'gpt-5.6-luna'],
    ['openai/meta/llama-4', 'openai', 'meta/llama-4'],
    ['@ai-sdk/anthropic/claude', '@ai-sdk/anthropic', 'claude'],
  ])('%s has the provider %s', (text, provider, model) => {
    expect(parseModelReference(text)).toMatchObject({ provider, model, api: 'responses', timeout: 600_000 })
  })

  test.each(['gpt-5', '/gpt', 'openai/', '@ai-sdk/anthropic', 'openai/gpt 5', ''])(
    '%j is refused',
    (text) => {
      expect(() => parseModelReference(text)).toThrow(UsageFailure)
    },
  )
})
