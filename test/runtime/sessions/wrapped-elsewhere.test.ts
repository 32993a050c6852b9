/** What a spec says about its sessions holds also where another store keeps them. */
import { expect, onTestFinished, test } from 'vitest'
import type { Program, SessionDefinition } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memorySessions } from '../../../src/runtime/sessions/memory-sessions.ts'
import type { RunSessions } from '../../../src/runtime/sessions/session-store.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { compiled, program } from '../../support/program.ts'
import { call, SOURCE, write } from '../../support/runs.ts'

const HANDLERS = `${SOURCE}
export function last(history, input) {
  for (const item of input) item.content = 'SAY ' + item.content
  return [...history.slice(-1), ...input]
}
`

function shop(): { readonly sessions: RunSessions; readonly runtime: Runtime } {
  const sessions = memorySessions()
  const environment = { PHRASE: 'twenty random characters' }
  const runtime = createRuntime({
    store: memoryStore(),
    environment,
    sessionStores: { own: () => sessions },
  })
  onTestFinished(() => runtime.close())
  return { sessions, runtime }
}

function spec(script: readonly ScriptStep[], session: Partial<SessionDefinition>): Program {
  const overrides = { session: { store: 'own:x', resume_agent: 'last' as const, ...session } }
  return program({ script, tools: [write], source: HANDLERS, overrides })
}

async function say(runtime: Runtime, given: Program, input: string): ReturnType<Runtime['start']>['result'] {
  const result = await runtime.start(compiled(given), input, { session: 's' }).result
  expect(result.error).toBeNull()
  return result
}

test('input_callback: the store gets what is new, as it was rewritten, once', async () => {
  const { sessions, runtime } = shop()
  const input_callback = { handler: 'tools.ts#last' }
  await say(runtime, spec([{ text: 'ok' }], { input_callback }), 'one')
  const paused = await say(
    runtime,
    spec([call('write', { n: 1 }), { text: 'ok' }], { input_callback }),
    'two',
  )
  await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ann' })
  expect((await runtime.resume(paused.run_id).result).status).toBe('completed')
  const { items } = await sessions.read('s')
  expect(items.map(({ role, type, content }) => (role === 'user' ? content : (role ?? type)))).toEqual([
    'SAY one',
    'assistant',
    'SAY two',
    'function_call',
    'function_call_output',
    'assistant',
  ])
})

test('encryption: the store gets ciphertext, and turns follow one another', async () => {
  const { sessions, runtime } = shop()
  const encryption = { key: '${PHRASE}', ttl: 60_000 }
  await say(runtime, spec([{ text: 'ok' }], { encryption }), 'my card is 4711')
  const hears = { text: 'ok', expect: { items: [{ content: 'my card is 4711' }, {}, { content: 'two' }] } }
  await say(runtime, spec([hears], { encryption }), 'two')
  const { items } = await sessions.read('s')
  expect(items.map(({ type }) => type)).toEqual(Array.from({ length: 4 }, () => 'agentspec.encrypted'))
  expect(JSON.stringify(items)).not.toContain('4711')
  const readable = await runtime.sessions(compiled(spec([], { encryption })))
  expect((await readable.store.read('s')).items).toHaveLength(4)
})
