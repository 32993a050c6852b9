/** Packages that a spec names: found where they are installed, checked, and never anything but a package. */
import { describe, expect, test } from 'vitest'
import type { LanguageModelV3 } from '@ai-sdk/provider'
import { UsageFailure } from '../../../../src/runtime/failures.ts'
import { createModel } from '../../../../src/runtime/models/create-model.ts'
import { outputText } from '../../../../src/runtime/runner/output-text.ts'
import { userMessage } from '../../../../src/runtime/state/item.ts'
import { functionCallOutput } from '../../../support/items.ts'
import { createWorkspace } from '../../../support/workspace.ts'
import { collect, definition, failure, request } from '../support.ts'
import { ANTHROPIC } from './support.ts'
import type { Workspace } from '../../../support/workspace.ts'

/** A folder in which one package is installed. */
function withPackage(name: string, source: string): Workspace {
  return createWorkspace({
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      type: 'module',
      exports: { import: './index.js' },
    }),
    [`node_modules/${name}/index.js`]: source,
  })
}

async function prepared(provider: string, baseDir: string, changes = {}): Promise<void> {
  await createModel(definition({ provider, ...changes }), 'main', {}, baseDir).prepare?.()
}

function problem(provider: string, baseDir: string, changes = {}): Promise<UsageFailure> {
  return failure(prepared(provider, baseDir, changes), UsageFailure)
}

const provider = (model: string): string =>
  `({ languageModel: (modelId) => ({ provider: 'x.chat', modelId, ${model} }) })`
const EMPTY = `specificationVersion: 'v4', doGenerate() {}, doStream() {}`

describe('a package', () => {
  test('that is not installed is named, and what to do', async () => {
    using folder = createWorkspace()
    expect(await problem('@ai-sdk/mistral', folder.path)).toMatchObject({
      code: 'provider_missing',
      message: `Model "main" needs the package @ai-sdk/mistral, which is not installed in ${folder.path}`,
      hint: 'run npm install @ai-sdk/mistral there',
    })
  })

  test('can be installed while we run', async () => {
    using folder = createWorkspace()
    const model = createModel(definition({ provider: '@x/late' }), 'main', {}, folder.path)
    await failure(Promise.resolve(model.prepare?.()), UsageFailure)
    folder.write('node_modules/@x/late/package.json', '{ "type": "module", "exports": "./index.js" }')
    folder.write('node_modules/@x/late/index.js', `export const createLate = () => ${provider(EMPTY)}`)
    await expect(model.prepare?.()).resolves.toBeUndefined()
  })

  test('is taken from beside the spec first', async () => {
    using folder = withPackage(ANTHROPIC, 'export const mine = 1')
    expect((await problem(ANTHROPIC, folder.path)).message).toContain('it exports mine')
  })

  test('is taken from where agentspec is installed otherwise', async () => {
    using folder = createWorkspace()
    await expect(prepared(ANTHROPIC, folder.path, { api_key: 'k' })).resolves.toBeUndefined()
  })

  test('that is no provider is told by what it exports', async () => {
    using folder = withPackage('@x/pad', 'export const pad = 1, other = 2')
    expect(await problem('@x/pad', folder.path)).toMatchObject({
      code: 'model_unusable',
      message:
        'The package @x/pad of model "main" is no AI SDK provider: a function like createAnthropic is expected, and it exports other, pad',
    })
  })

  test('that throws while it is loaded, or refuses its settings, says why, without the key', async () => {
    using broken = withPackage('@x/broken', `throw new Error('no luck')`)
    expect((await problem('@x/broken', broken.path)).message).toContain('failed while it was loaded: no luck')
    using strict = withPackage(
      '@x/strict',
      'export function createStrict({ apiKey }) { throw new Error("bad key " + apiKey) }',
    )
    const error = await problem('@x/strict', strict.path, { api_key: 'sk-123456' })
    expect(error.message).toContain('refuses its settings: bad key [redacted:api_key]')
  })

  test('of a version of the interface that is not known says so', async () => {
    using old = withPackage(
      '@x/old',
      `export const createOld = () => ${provider(`specificationVersion: 'v1'`)}`,
    )
    const error = await problem('@x/old', old.path)
    expect(error.message).toContain('follow version "v1"')
    expect(error.hint).toBe('install a newer version: npm install @x/old@latest')
    using none = withPackage('@x/none', 'export const createNone = () => ({})')
    expect((await problem('@x/none', none.path)).message).toContain('it gives no language model')
  })
})

describe('the factory', () => {
  test.each([
    ['@x/two-words', 'export const createOther = 0, createTwoWords = make, createZ = make'],
    ['@acme/ai-sdk-provider', 'export { make as createAcme, make as createB }'],
    ['acme-ai-provider-v2', 'export { make as createAcme, make as createB }'],
    ['@x/odd', 'export { make as createSomething }; export const created = 1'],
  ])('of %s is found', async (name, source) => {
    using folder = withPackage(name, `const make = () => ${provider(EMPTY)}\n${source}`)
    await expect(prepared(name, folder.path)).resolves.toBeUndefined()
  })

  test('is not guessed', async () => {
    using folder = withPackage('@x/many', 'export function createA() {} export function createB() {}')
    expect((await problem('@x/many', folder.path)).message).toContain('it exports createA, createB')
  })

  test('gets what the spec says', async () => {
    const source = `export const createAsked = ({ fetch, ...given }) => { throw new Error(JSON.stringify(given)) }`
    using folder = withPackage('@x/asked', source)
    const changes = {
      base_url: 'http://127.0.0.1:1/v1',
      headers: { a: 'b' },
      organization: 'o',
      project: 'p',
    }
    expect((await problem('@x/asked', folder.path, changes)).message).toContain(
      '{"baseURL":"http://127.0.0.1:1/v1","organization":"o","project":"p","headers":{"a":"b"}}',
    )
  })
})

describe('a name', () => {
  test.each([
    'fs',
    'node:fs',
    'opanai',
    './provider',
    '/etc/provider',
    '../ai-provider',
    'file:///x/ai-provider',
    'https://x/ai-provider',
    'data:text/javascript,1',
    '#ai-provider',
    '@x/../ai-provider',
    '@x/.ai-provider',
    '@x/a/b',
    '@X/a',
    '@x/a?b',
    '@x/a#b',
    '@x/a%2fb',
    '@x\\a/b',
    'agentspec',
    `@x/${'a'.repeat(300)}`,
    '',
  ])('%j is no package', (name) => {
    expect(() => createModel(definition({ provider: name }), 'main', {})).toThrow(/which nobody knows$/)
  })

  test('of a provider alone leads to its package', async () => {
    const create = async () => createModel(definition({ provider: 'anthropic' }), 'main', {})
    expect(await failure(create(), UsageFailure)).toMatchObject({
      hint: expect.stringContaining('such as @ai-sdk/anthropic'),
    })
  })
})

test('a package of version 3 of the interface gets files and results in its own words', async () => {
  const source = `
    export const asked = []
    const finish = { finishReason: { unified: 'stop', raw: 'stop' }, usage: {}, warnings: [] }
    export const createThree = () => ({ languageModel: (modelId) => ({
      specificationVersion: 'v3', provider: 'three', modelId,
      async doGenerate(options) { return { ...finish, content: [{ type: 'text', text: JSON.stringify(options.prompt) }] } },
      async doStream() { throw new Error('not asked') },
    }) })`
  using folder = withPackage('@x/three', source)
  const image = { type: 'input_image', image_url: 'data:image/png;base64,aGk=' }
  const web = { type: 'input_image', image_url: 'https://example.com/a.png' }
  const { response } = await collect(
    createModel(definition({ provider: '@x/three' }), 'main', {}, folder.path),
    request({
      settings: { reasoning: { effort: 'low' } },
      items: [
        { role: 'user', content: [image] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        functionCallOutput('c', [image, web]),
        userMessage('next'),
      ],
    }),
  )
  const prompt: Parameters<LanguageModelV3['doGenerate']>[0]['prompt'] = JSON.parse(
    outputText(response.items).text ?? '',
  )
  expect(prompt).toEqual([
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: 'aGk=' }] },
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'f', input: {} }] },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c',
          toolName: 'f',
          output: {
            type: 'content',
            value: [
              { type: 'image-data', data: 'aGk=', mediaType: 'image/png' },
              { type: 'image-url', url: 'https://example.com/a.png' },
            ],
          },
        },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'next' }] },
  ])
})
