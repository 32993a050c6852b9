/** Sessions that OpenAI keeps as conversations. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { openConversations } from '../../../src/runtime/sessions/openai/open-conversations.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { createRedactor } from '../../../src/runtime/redaction/redactor.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import { sessionStoreConformance } from '../../../src/testing.ts'
import { API_KEY, startConversationsServer } from '../../support/conversations-server.ts'
import type { ConversationsServer } from '../../support/conversations-server.ts'
import { compiled, program } from '../../support/program.ts'
import { call, read, SOURCE } from '../../support/runs.ts'

/** What an item says, without what the server adds. */
function plain({ id: _, status: __, content, ...rest }: Item): Item {
  const [part] = Array.isArray(content) ? (content as readonly { readonly text?: string }[]) : []
  return { ...rest, ...(content === undefined ? {} : { content: part?.text ?? content }) }
}

describe('the conversations of OpenAI', () => {
  const checks = sessionStoreConformance(async () => {
    const server = await startConversationsServer()
    const variables = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: API_KEY }
    const redactor = createRedactor([])
    const store = openConversations({ variables, redactor }, memoryStore().sessions)
    return { store, plain, close: async () => server[Symbol.asyncDispose]() }
  })
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

async function served(): Promise<ConversationsServer> {
  const server = await startConversationsServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

function over(server: ConversationsServer, store: RunStore = memoryStore(), key: string = API_KEY): Runtime {
  const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: key }
  const runtime = createRuntime({ store, environment })
  onTestFinished(() => runtime.close())
  return runtime
}

const session = { store: 'openai_conversations', resume_agent: 'last' as const }
const script = [call('read'), { text: 'Done.' }]
const spec = compiled(program({ script, tools: [read], source: SOURCE, overrides: { session } }))
const hello = compiled(program({ script: [{ text: 'Hello.' }], overrides: { session } }))
const SAID = ['message', 'function_call', 'function_call_output', 'message']

function only(server: ConversationsServer): readonly Item[] {
  const [conversation, ...others] = server.conversations.values()
  expect(others).toEqual([])
  return (conversation?.items ?? []) as unknown as readonly Item[]
}

describe('a session at OpenAI', () => {
  test('is one conversation, in every process that shares the run store', async () => {
    const server = await served()
    const store = memoryStore()
    await over(server, store).start(spec, 'Go', { session: 'customer-12' }).result
    expect(only(server).map((item) => item['type'])).toEqual(SAID)
    const next = await over(server, store).start(hello, 'And?', { session: 'customer-12' }).result
    expect(only(server)).toHaveLength(6)
    const [started] = await store.readJournal(next.run_id)
    expect(started).toMatchObject({ session: { items: SAID.map((type) => ({ type })) } })
  })

  test('named by its id is that conversation', async () => {
    const server = await served()
    const runtime = over(server)
    await runtime.start(hello, 'Hi', { session: 'a' }).result
    const [id = ''] = server.conversations.keys()
    await runtime.start(hello, 'Hi again', { session: id }).result
    expect(only(server)).toHaveLength(4)
    const gone = over(server).start(hello, 'Hi', { session: 'conv_gone' }).result
    await expect(gone).rejects.toThrow("Conversation with id 'conv_gone' not found")
  })

  test.each(['before', 'after'] as const)(
    'has everything once when the connection breaks %s items are added',
    async (when) => {
      const server = await served()
      const runtime = over(server)
      server.breakAt(/^POST .*\/items$/, when)
      await expect(runtime.start(spec, 'Go', { session: 's' }).result).rejects.toThrow('cannot be reached')
      const [run] = await runtime.list()
      const done = await runtime.resume(run?.run_id ?? '').result
      expect(done.status).toBe('completed')
      expect(only(server).map((item) => item['type'])).toEqual(SAID)
    },
  )

  test('has everything once when only the first part of a long append landed', async () => {
    const server = await served()
    const runtime = over(server)
    const input = Array.from({ length: 45 }, (_, place) => ({ role: 'user', content: String(place) }))
    server.refuseAt(/^POST .*\/items$/, 400, 1)
    await expect(runtime.start(hello, input, { session: 's' }).result).rejects.toThrow('Not now.')
    expect(only(server)).toHaveLength(20)
    const [run] = await runtime.list()
    await runtime.resume(run?.run_id ?? '').result
    const texts = only(server).map((item) => plain(item)['content'])
    expect(texts).toEqual([...input.map(({ content }) => content), 'Hello.'])
  })

  test.each([429, 503])('is asked again after %i', async (status) => {
    const server = await served()
    server.refuseAt(/^GET .*\/items/, status)
    const done = await over(server).start(hello, 'Hi', { session: 's' }).result
    expect(done.status).toBe('completed')
  })

  test('never shows the key', async () => {
    const server = await served()
    const refused = over(server, memoryStore(), 'sk-wrong-0123456789').start(hello, 'Hi', {
      session: 'conv_1',
    })
    const error: unknown = await refused.result.catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'store_error',
      message: expect.stringContaining('[redacted:OPENAI_API_KEY]'),
    })
    expect(String(error)).not.toContain('sk-wrong')
  })

  test('needs a key', async () => {
    const runtime = createRuntime({ store: memoryStore(), environment: {} })
    onTestFinished(() => runtime.close())
    await expect(runtime.start(hello, 'Hi', { session: 's' }).result).rejects.toMatchObject({
      code: 'api_key_missing',
    })
  })
})
