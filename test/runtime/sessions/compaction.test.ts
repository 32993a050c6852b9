/** `session.compaction`: long sessions are replaced by what their provider makes of them. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CompactionDefinition, Program } from '../../../src/compiler/program.ts'
import type { ModelDefinition } from '../../../src/compiler/program-models.ts'
import { MODEL_DEFAULTS } from '../../../src/compiler/model-defaults.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { compacted, json, startModelServer } from '../../support/model-server.ts'
import type { Answer, ModelServer, RecordedRequest } from '../../support/model-server.ts'
import { compiled, program } from '../../support/program.ts'
import { SOURCE, write } from '../../support/runs.ts'
import { calls, says } from '../../support/scenario.ts'
import type { Turn } from '../../support/scenario.ts'
import { temporaryFolder } from '../store/temporary-store.ts'

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }

interface Desk {
  readonly store: RunStore
  readonly server: ModelServer
  readonly warnings: string[]
  readonly runtime: Runtime
  spec(compaction: Partial<CompactionDefinition>, overrides?: Partial<Program>): Program
  /** A turn of session `s`, to its end. */
  say(spec: Program, input: string): ReturnType<Runtime['start']>['result']
  /** The roles or types of what is visible. */
  visible(): Promise<readonly unknown[]>
  compactions(): readonly RecordedRequest[]
}

interface DeskOptions {
  readonly store?: RunStore
  /** What the model says at each request that is no compaction; the last one from then on. */
  readonly turns?: readonly Turn[]
  readonly onCompact?: (request: RecordedRequest) => Answer
  readonly settings?: ModelDefinition['settings']
}

async function desk(options: DeskOptions = {}): Promise<Desk> {
  const { store = memoryStore(), turns = [says('ok')], onCompact = compacted, settings = {} } = options
  let asked = 0
  const server: ModelServer = await startModelServer(async (response) => {
    const request = server.requests.at(-1)!
    if (request.path === '/v1/responses/compact') return onCompact(request)(response)
    const output = turns[Math.min(asked++, turns.length - 1)]
    return json({ id: `resp_${asked}`, object: 'response', status: 'completed', output, usage: USAGE })(
      response,
    )
  })
  const warnings: string[] = []
  const runtime = createRuntime({ store, environment: {}, onWarning: (text) => warnings.push(text) })
  onTestFinished(async () => {
    await runtime.close()
    await server[Symbol.asyncDispose]()
  })
  const model: ModelDefinition = {
    ...MODEL_DEFAULTS,
    provider: 'openai',
    model: 'gpt-test',
    api: 'responses',
    base_url: server.url,
    api_key: 'local',
    settings,
  }
  return {
    store,
    server,
    warnings,
    runtime,
    spec(compaction, overrides = {}) {
      const base = program({ tools: [write], source: SOURCE })
      const session = { ...base.session, compaction: { mode: 'auto', threshold: 2, ...compaction } as const }
      return { ...base, models: { main: model }, session, ...overrides }
    },
    say: (spec, input) => runtime.start(compiled(spec), input, { session: 's', stream: false }).result,
    async visible() {
      const { items } = await store.sessions.read('s')
      return items.map(({ type, role }) => role ?? type)
    },
    compactions: () => server.requests.filter(({ path }) => path === '/v1/responses/compact'),
  }
}

describe('a session that has grown to the threshold', () => {
  test('is replaced once its run has completed, and goes on from there', async () => {
    const { spec, say, visible, compactions, runtime, store, server } = await desk()
    await say(spec({}), 'one')
    expect(compactions()).toEqual([])
    const second = await say(spec({}), 'two')
    expect(compactions().map(({ body }) => body)).toEqual([
      { model: 'gpt-test', previous_response_id: 'resp_2' },
    ])
    expect(await visible()).toEqual(['compaction'])
    expect(second.usage).toMatchObject({ requests: 2, input_tokens: 149, output_tokens: 443 })
    const events = await runtime.events(second.run_id)
    expect(events.at(-2)).toMatchObject({ type: 'run.completed' })
    expect(events.at(-1)).toMatchObject({
      type: 'session.compacted',
      from: 0,
      upto: 4,
      usage: { requests: 1 },
    })
    await say(spec({}), 'three')
    const input = server.requests.at(-1)?.body['input'] as readonly { type?: string; content?: unknown }[]
    expect(input.map(({ type, content }) => content ?? type)).toEqual(['compaction', 'three'])
    // Hidden, not deleted.
    expect(await store.sessions.readRange('s', 0, 4)).toHaveLength(4)
  })

  test.each([
    ['input mode', { mode: 'input' } as const, {}],
    ['a provider that stores nothing', {}, { settings: { store: false } }],
  ])('(%s) is sent as it is', async (_name, compaction, options) => {
    const { spec, say, visible, compactions } = await desk(options)
    await say(spec(compaction), 'one')
    await say(spec(compaction), 'two')
    expect(compactions()).toHaveLength(1)
    expect(compactions()[0]?.body).toMatchObject({
      model: 'gpt-test',
      input: [{ content: 'one' }, { role: 'assistant' }, { content: 'two' }, { role: 'assistant' }],
    })
    expect(compactions()[0]?.body).not.toHaveProperty('previous_response_id')
    expect(await visible()).toEqual(['user', 'user', 'compaction'])
  })

  test('is sent as it is where the model did not see all of it', async () => {
    const { spec, say, compactions } = await desk()
    const limited = { ...spec({}), session: { ...spec({}).session, limit: 1 } }
    await say(limited, 'one')
    await say(limited, 'two')
    expect(compactions()[0]?.body).toHaveProperty('input')
  })

  test('is not counted by what users said, nor by what is compacted already', async () => {
    const { spec, say, compactions } = await desk()
    for (const input of ['one', 'two', 'three']) await say(spec({ threshold: 4 }), input)
    expect(compactions()).toEqual([])
    await say(spec({ threshold: 4 }), 'four')
    await say(spec({ threshold: 4 }), 'five')
    expect(compactions()).toHaveLength(1)
  })

  test('stays the history of a run that began with it', async () => {
    const turns = [says('ok'), [calls('write', 'c1', { n: 1 })], says('ok')]
    const { spec, say, runtime, server, visible } = await desk({ turns })
    await say(spec({}), 'one')
    const paused = await say(spec({}), 'two')
    expect(paused.status).toBe('paused')
    await say(spec({}), 'three')
    expect(await visible()).toContain('compaction')
    await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ann' })
    const { status } = await runtime.resume(paused.run_id, { stream: false }).result
    expect(status).toBe('completed')
    const resumed = server.requests.findLast(({ path }) => path === '/v1/responses')
    expect(JSON.stringify(resumed?.body['input'])).toContain('"one"')
    expect(JSON.stringify(resumed?.body['input'])).not.toContain('compaction')
  })

  test('is encrypted again where it was', async () => {
    const folder = temporaryFolder()
    onTestFinished(() => folder[Symbol.dispose]())
    const { spec, say, store } = await desk({ store: sqliteStore(folder.file('runs.db')) })
    const encryption = { key: 'a key of sixteen and more', ttl: 60_000 }
    const base = spec({ mode: 'input' })
    const encrypting = { ...base, session: { ...base.session, encryption } }
    await say(encrypting, 'one')
    await say(encrypting, 'two')
    const { items, from } = await store.sessions.read('s')
    expect(from).toBe(4)
    expect(items.map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => 'agentspec.encrypted'))
  })
})

describe('a compaction that fails', () => {
  test.each([
    ['no such endpoint', json({ error: { message: 'Not found' } }, 404), /404/u],
    ['no items', json({ object: 'response.compaction', output: [] }), /no compaction in it/u],
    ['no list', json({ object: 'response.compaction', output: 'x' }), /not a list of items/u],
    ['a page', (response) => void response.writeHead(200).end('<html>'), /not JSON|HTML/u],
  ] satisfies (readonly [string, Answer, RegExp])[])(
    '(%s) is a warning, and everything stays as it was',
    async (_name, answer, message) => {
      const { spec, say, visible, warnings } = await desk({ onCompact: () => answer })
      await say(spec({}), 'one')
      const { status, usage } = await say(spec({}), 'two')
      expect(status).toBe('completed')
      expect(usage.requests).toBe(1)
      expect(warnings).toEqual([expect.stringMatching(/session s was not compacted, and goes on as it is/u)])
      expect(warnings[0]).toMatch(message)
      expect(await visible()).toEqual(['user', 'assistant', 'user', 'assistant'])
    },
  )

  test('of a store leaves the session as it was; the next turn compacts it', async () => {
    const store = memoryStore()
    let broken = true
    const faulty: RunStore = {
      ...store,
      append: async (batch) => {
        if (broken && batch.session?.replaces !== undefined) throw new Error('disk full')
        return store.append(batch)
      },
    }
    const { spec, say, visible, warnings, runtime } = await desk({ store: faulty })
    await say(spec({}), 'one')
    const { status, run_id } = await say(spec({}), 'two')
    expect(status).toBe('completed')
    expect(warnings).toHaveLength(1)
    expect((await runtime.events(run_id)).at(-1)).toMatchObject({ type: 'run.completed' })
    expect(await visible()).toHaveLength(4)
    broken = false
    await say(spec({}), 'three')
    expect(await visible()).toEqual(['compaction'])
  })

  test('because somebody cleared the session meanwhile brings nothing back', async () => {
    const place: Desk = await desk({
      onCompact: (request) => async (response) => {
        await place.store.sessions.clear('s')
        await compacted(request)(response)
      },
    })
    await place.say(place.spec({}), 'one')
    await place.say(place.spec({}), 'two')
    expect(await place.visible()).toEqual([])
  })
})

describe('refused before anything happens', () => {
  test('a model without the endpoint', async () => {
    const { spec, say, store } = await desk()
    const base = spec({})
    const chat = { ...base, models: { main: { ...base.models['main']!, api: 'chat_completions' as const } } }
    await expect(say(chat, 'one')).rejects.toThrow(/session.compaction needs the Responses API/u)
    expect(await store.listRuns()).toEqual([])
  })

  test('stored responses of a provider that stores none', async () => {
    const { spec, say } = await desk({ settings: { store: false } })
    await expect(say(spec({ mode: 'previous_response_id' }), 'one')).rejects.toThrow(/say store: false/u)
  })

  test('a session that another store keeps', async () => {
    const { spec, say } = await desk()
    const base = spec({})
    const elsewhere = { ...base, session: { ...base.session, store: 'memory:' } }
    await expect(say(elsewhere, 'one')).rejects.toThrow(/session.store names another store/u)
  })
})
