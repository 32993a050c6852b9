/** Tools that the provider runs, stored prompts, and tool choices, from a Program to the wire and back. */
import { describe, expect, test } from 'vitest'
import type { HostedToolDefinition, Program, ToolDefinition } from '../../../src/compiler/program.ts'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import { startModelServer } from '../../support/model-server.ts'
import { agent, compiled, program } from '../../support/program.ts'
import { called, modelOf, response, said } from '../../support/responses.ts'
import { read, runtimeOver, SOURCE } from '../../support/runs.ts'

const { handler: _, parameters: __, strict: ___, ...common } = read
const search: HostedToolDefinition = {
  ...common,
  type: 'web_search',
  name: 'search',
  settings: { user_location: { country: '${COUNTRY}' } },
}
const noStream = { stream: false }

function searching(url: string, given: Partial<Program> = {}): Program {
  return {
    ...program({ tools: [read], source: SOURCE }),
    models: { main: modelOf(url) },
    agents: { main: agent({ tools: ['search', 'read'] }) },
    tools: { search, read },
    ...given,
  }
}

describe('hosted tools', () => {
  test('are offered with their settings; their items are history, go back verbatim, and call nothing', async () => {
    const done = {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'x' },
    }
    await using server = await startModelServer(
      response('resp_1', done, called('a', 'read', {})),
      response('resp_2', done, said('found')),
    )
    const runtime = runtimeOver({ OPENAI_API_KEY: 'k', COUNTRY: 'DE' })
    const { run_id, status } = await runtime.start(compiled(searching(server.url)), 'Go', noStream).result
    expect(status).toBe('completed')
    expect(server.requests[0]?.body['tools']).toMatchObject([
      { type: 'function', name: 'read' },
      { type: 'web_search', user_location: { type: 'approximate', country: 'DE' } },
    ])
    expect(server.requests[1]?.body['input']).toMatchObject([
      { role: 'user' },
      done,
      { call_id: 'a' },
      { call_id: 'a' },
    ])
    expect((await runtime.show(run_id)).items.filter(({ type }) => type === 'web_search_call')).toEqual([
      done,
      done,
    ])
    const types = (await runtime.events(run_id)).map(({ type }) => type)
    expect(types.filter((type) => type.startsWith('tool.'))).toEqual(['tool.started', 'tool.completed'])
  })

  test('cannot be called as functions', async () => {
    await using server = await startModelServer(
      response('resp_1', called('a', 'search', {})),
      response('resp_2', said('ok')),
    )
    const runtime = runtimeOver({ OPENAI_API_KEY: 'k', COUNTRY: 'DE' })
    const { run_id } = await runtime.start(compiled(searching(server.url)), 'Go', noStream).result
    expect((await runtime.show(run_id)).items).toContainEqual(
      expect.objectContaining({ call_id: 'a', output: "Tool 'search' not found." }),
    )
  })

  test('are left out of a turn that does not offer them, together with a choice of them', async () => {
    await using server = await startModelServer(response('resp_1', said('ok')))
    const tools: Record<string, ToolDefinition> = {
      search: { ...search, enabled: "agent == 'nobody'" },
      read,
    }
    const main = agent({ tools: ['search', 'read'], model_settings: { tool_choice: 'search' } })
    const spec = compiled(searching(server.url, { tools, agents: { main } }))
    await runtimeOver({ OPENAI_API_KEY: 'k', COUNTRY: 'DE' }).start(spec, 'Go', noStream).result
    expect(server.requests[0]?.body['tools']).toMatchObject([{ name: 'read' }])
    expect(server.requests[0]?.body).not.toHaveProperty('tool_choice')
  })

  test('an image larger than max_output_bytes ends the run, not the process', async () => {
    const image = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'A'.repeat(100_000),
    }
    await using server = await startModelServer(response('resp_1', image, said('ok')))
    const models = { main: modelOf(server.url, { max_output_bytes: 50_000 }) }
    const spec = compiled(searching(server.url, { models }))
    const result = await runtimeOver({ OPENAI_API_KEY: 'k', COUNTRY: 'DE' }).start(spec, 'Go', noStream)
      .result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'model_error' } })
    expect(result.error?.message).toContain('max_output_bytes')
  })
})

describe('a tool choice', () => {
  test('of a tool that is not offered this turn is not made', async () => {
    await using server = await startModelServer(response('resp_1', said('ok')))
    const tools = { read: { ...read, enabled: 'false' }, free: { ...read, name: 'free' } }
    const main = agent({ tools: ['read', 'free'], model_settings: { tool_choice: 'read' } })
    const spec = compiled(searching(server.url, { tools, agents: { main } }))
    await runtimeOver({ OPENAI_API_KEY: 'k' }).start(spec, 'Go', noStream).result
    expect(server.requests[0]?.body['tools']).toMatchObject([{ name: 'free' }])
    expect(server.requests[0]?.body).not.toHaveProperty('tool_choice')
  })
})

describe('a stored prompt', () => {
  const prompt = { id: 'pmpt_1', variables: { tone: '${TONE}', key: '${MY_TOKEN}' }, names_model: true }
  const agents = { main: agent({ model: 'openai/gpt-5.6-luna', prompt, tools: [] }) }

  test('is asked for with its variables, without secrets; the model is its own', async () => {
    await using server = await startModelServer(response('resp_1', said('ok')))
    const environment = {
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: server.url,
      TONE: 'kind',
      MY_TOKEN: 'very-secret-1',
    }
    const spec = compiled(searching(server.url, { agents }))
    await runtimeOver(environment).start(spec, 'Go', noStream).result
    const [request] = server.requests
    expect(request?.body['prompt']).toEqual({
      id: 'pmpt_1',
      variables: { tone: 'kind', key: '[redacted:MY_TOKEN]' },
    })
    expect(request?.body).not.toHaveProperty('model')
    await runtimeOver(environment).start(spec, 'Go', { ...noStream, model: 'openai/other' }).result
    expect(server.requests[1]?.body['model']).toBe('other')
  })
})

test.each([
  ['a hosted tool', agent({ tools: ['search'] }), 'The tool "search" (web_search)'],
  ['a prompt', agent({ prompt: { id: 'p', names_model: false } }), 'A stored prompt'],
])(
  '%s is refused where the model speaks another API, before anything is journaled',
  async (_, main, what) => {
    const chat = modelOf('http://127.0.0.1:9/v1', { api: 'chat_completions' })
    const good = modelOf('http://127.0.0.1:9/v1', { fallback: ['chat'] })
    for (const model of ['chat', 'good']) {
      const runtime = runtimeOver({ OPENAI_API_KEY: 'k', COUNTRY: 'DE' })
      const spec = searching('', { models: { chat, good }, agents: { main: { ...main, model } } })
      const error: unknown = await runtime
        .start(compiled(spec), 'Go')
        .result.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(UsageFailure)
      expect(error).toMatchObject({ code: 'not_supported' })
      expect(String(error)).toContain(`${what} needs the Responses API of OpenAI`)
      expect(await runtime.list()).toEqual([])
    }
  },
)
