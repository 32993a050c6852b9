/** `run.conversation`: the provider keeps the conversation, and is sent only what it does not have. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Program, RunDefinition } from '../../../src/compiler/program.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { body, startModelServer } from '../../support/model-server.ts'
import type { ModelServer } from '../../support/model-server.ts'
import { agent, compiled, program } from '../../support/program.ts'
import { called, modelOf, response, said } from '../../support/responses.ts'
import { read, runtimeOver, SOURCE, write } from '../../support/runs.ts'

const user = (content: string) => ({ type: 'message', role: 'user', content })
const output = (call_id: string, text: string) => ({ type: 'function_call_output', call_id, output: text })

function kept(
  url: string,
  conversation: RunDefinition['conversation'],
  more: Partial<Program> = {},
): Program {
  const base = program({ tools: [read, write], source: SOURCE })
  return {
    ...base,
    models: { main: modelOf(url) },
    agents: { main: agent({ instructions: { template: 'Help.' }, tools: ['read', 'write'] }) },
    run: { ...base.run, conversation },
    ...more,
  }
}

const asked = ({ requests }: ModelServer) =>
  requests.map(({ body: { input, previous_response_id: previous, conversation } }) => ({
    input,
    previous: previous ?? conversation,
  }))

const noStream = { stream: false }

describe('auto_previous_response_id', () => {
  test('sends the input, then only outputs of calls; instructions every time', async () => {
    await using server = await startModelServer(
      response('resp_1', called('a', 'read', { n: 1 }), called('b', 'read', { n: 2 })),
      response('resp_2', called('c', 'read', {})),
      response('resp_3', said('done')),
    )
    const spec = compiled(kept(server.url, 'auto_previous_response_id'))
    const result = await runtimeOver({ OPENAI_API_KEY: 'k' }).start(spec, 'Go', noStream).result
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(asked(server)).toEqual([
      { input: [user('Go')], previous: undefined },
      { input: [output('a', '{"read":1}'), output('b', '{"read":2}')], previous: 'resp_1' },
      { input: [output('c', '{"read":0}')], previous: 'resp_2' },
    ])
    expect(server.requests.map((request) => request.body['instructions'])).toEqual([
      'Help.',
      'Help.',
      'Help.',
    ])
  })

  test('goes on in another process with the same: input added meanwhile, and a note of edited arguments', async () => {
    await using server = await startModelServer(
      response('resp_1', called('a', 'write', { n: 1 })),
      response('resp_2', said('done')),
    )
    const folder = mkdtempSync(join(tmpdir(), 'agentspec-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const open = (): Runtime =>
      createRuntime({ store: sqliteStore(join(folder, 'runs.db')), environment: { OPENAI_API_KEY: 'k' } })
    const first = open()
    const spec = compiled(kept(server.url, 'auto_previous_response_id'))
    const { run_id } = await first.start(spec, 'Go', noStream).result
    await first.close()
    const second = open()
    onTestFinished(() => second.close())
    await second.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana', args: { n: 7 } })
    expect(await second.resume(run_id, { ...noStream, input: 'And hurry' }).result).toMatchObject({
      status: 'completed',
    })
    const note = '[A person changed the arguments of this call before it ran: {"n":7}]'
    expect(asked(server)[1]).toEqual({
      input: [output('a', `${note}\nwrote 7`), user('And hurry')],
      previous: 'resp_1',
    })
    const { items } = await second.show(run_id)
    expect(items).toContainEqual(output('a', 'wrote 7'))
  })

  test('fallbacks and a resumed failure get the same', async () => {
    const failing = body('{"error":{"message":"down"}}', 503, { 'content-type': 'application/json' })
    await using server = await startModelServer(
      response('resp_1', called('a', 'read', {})),
      failing,
      failing,
      response('resp_2', said('done')),
    )
    const models = {
      main: modelOf(server.url, { fallback: ['spare'] }),
      spare: modelOf(server.url, { model: 'spare' }),
    }
    const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
    const spec = compiled(kept(server.url, 'auto_previous_response_id', { models }))
    const failed = await runtime.start(spec, 'Go', noStream).result
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'model_error' } })
    expect(await runtime.resume(failed.run_id, noStream).result).toMatchObject({ status: 'completed' })
    const delta = { input: [output('a', '{"read":0}')], previous: 'resp_1' }
    expect(asked(server).slice(1)).toEqual([delta, delta, delta])
  })

  test('an answer that cannot be used is asked for anew from before it', async () => {
    await using server = await startModelServer(
      response('resp_1', called('a', 'read', {})),
      response('resp_2', said('no JSON')),
      response('resp_3', said('{"ok":true}')),
    )
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
    const main = agent({ tools: ['read'], output: { schema, name: 'final_output', strict: true } })
    const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
    const spec = compiled(kept(server.url, 'auto_previous_response_id', { agents: { main } }))
    const failed = await runtime.start(spec, 'Go', noStream).result
    expect(failed).toMatchObject({ error: { code: 'invalid_final_output' } })
    expect(await runtime.resume(failed.run_id, noStream).result).toMatchObject({ final_output: { ok: true } })
    expect(asked(server)[2]).toEqual(asked(server)[1])
  })

  test('after a response without an id the history is sent again', async () => {
    await using server = await startModelServer(
      response(null, called('a', 'read', {})),
      response('resp_2', said('done')),
    )
    const spec = compiled(kept(server.url, 'auto_previous_response_id'))
    await runtimeOver({ OPENAI_API_KEY: 'k' }).start(spec, 'Go', noStream).result
    expect(asked(server)[1]).toMatchObject({
      input: [user('Go'), { type: 'function_call' }, { type: 'function_call_output' }],
      previous: undefined,
    })
  })
})

test('a conversation by its id is named in every request of the outer run; a nested run keeps its own history', async () => {
  await using server = await startModelServer(
    response('resp_1', called('a', 'research', { input: 'Look' })),
    response('resp_2', called('b', 'read', {})),
    response('resp_3', said('found')),
    response('resp_4', said('done')),
  )
  const spec = kept(server.url, { conversation_id: '${CONVERSATION}' })
  const { handler: _, ...common } = read
  const research = {
    ...common,
    type: 'agent' as const,
    name: 'research',
    agent: 'inner',
    parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    include_input_schema: false,
    max_turns: 10,
    output: 'final' as const,
  }
  const outer: Program = {
    ...spec,
    agents: { main: agent({ tools: ['research'] }), inner: agent({ tools: ['read'] }) },
    tools: { research, read },
  }
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k', CONVERSATION: 'conv_1' })
  expect(await runtime.start(compiled(outer), 'Go', noStream).result).toMatchObject({ final_output: 'done' })
  expect(asked(server)).toMatchObject([
    { input: [user('Go')], previous: 'conv_1' },
    { input: [user('Look')], previous: undefined },
    { input: [user('Look'), { call_id: 'b' }, { call_id: 'b' }], previous: undefined },
    { input: [output('a', 'found')], previous: 'conv_1' },
  ])
})

test('a conversation by its id has the answers that could not be used: it is sent only what it lacks', async () => {
  await using server = await startModelServer(
    response('resp_1', called('a', 'read', {})),
    response('resp_2', called('b', 'gone', {})),
    response('resp_3', said('done')),
  )
  const base = kept(server.url, { conversation_id: 'conv_1' })
  const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
  const spec = compiled({ ...base, run: { ...base.run, tool_not_found: 'fail' } })
  const failed = await runtime.start(spec, 'Go', noStream).result
  expect(failed).toMatchObject({ error: { code: 'model_behavior_error' } })
  const resumed = await runtime.resume(failed.run_id, { ...noStream, input: 'Try again' }).result
  expect(resumed).toMatchObject({ final_output: 'done' })
  expect(asked(server)[2]).toEqual({
    input: [output('b', 'This call was not carried out.'), user('Try again')],
    previous: 'conv_1',
  })
})

describe('is refused before anything is journaled', () => {
  async function refusal(spec: Program, options: { session?: string } = {}): Promise<UsageFailure> {
    const runtime = runtimeOver({ OPENAI_API_KEY: 'k' })
    const error = await runtime.start(compiled(spec), 'Go', options).result.catch((reason: unknown) => reason)
    expect(await runtime.list()).toEqual([])
    if (error instanceof UsageFailure) return error
    throw new Error('not refused', { cause: error })
  }

  test('with a session', async () => {
    const spec = kept('http://127.0.0.1:9/v1', 'auto_previous_response_id')
    expect((await refusal(spec, { session: 's' })).code).toBe('session_not_wanted')
  })

  test('with a model or a fallback of another API, also behind a handoff', async () => {
    const spec = kept('http://127.0.0.1:9/v1', 'auto_previous_response_id')
    const chat = modelOf('http://127.0.0.1:9/v1', { api: 'chat_completions' })
    const handoffs = [{ agent: 'other', tool_name: 'go', tool_description: '', enabled: true }]
    const agents = { main: agent({ handoffs }), other: agent({ model: 'chat' }) }
    const models = { ...spec.models, chat }
    expect((await refusal({ ...spec, models, agents })).message).toContain(
      'agent other uses the model "chat"',
    )
    const fallback = { main: modelOf('http://127.0.0.1:9/v1', { fallback: ['chat'] }), chat }
    expect((await refusal({ ...spec, models: fallback })).message).toContain(
      'agent main uses the model "chat"',
    )
  })

  test('with responses that are not stored', async () => {
    const spec = kept('http://127.0.0.1:9/v1', 'auto_previous_response_id')
    const agents = { main: agent({ model_settings: { store: false } }) }
    expect((await refusal({ ...spec, agents })).message).toContain('store: false')
  })
})
