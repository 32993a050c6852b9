/** Runs whose session another store keeps than the one that keeps the runs. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Program, SessionDefinition } from '../../../src/compiler/program.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { StoreFailure } from '../../../src/runtime/failures.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memorySessions } from '../../../src/runtime/sessions/memory-sessions.ts'
import type { SessionStore } from '../../../src/runtime/sessions/session-store.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { compiled, program } from '../../support/program.ts'
import { call, read, SOURCE, write } from '../../support/runs.ts'

type FaultySessions = SessionStore & {
  /** When appends fail: before or after they landed. */
  failing: 'before' | 'after' | null
  /** How many appends do not fail yet. */
  spared: number
}

function faultySessions(): FaultySessions {
  const inner = memorySessions()
  const store: FaultySessions = {
    ...inner,
    failing: null,
    spared: 0,
    async append(append) {
      const fails = store.spared > 0 ? null : store.failing
      store.spared -= 1
      if (fails === 'before') throw new Error('down')
      await inner.append(append)
      if (fails === 'after') throw new Error('down')
    },
  }
  return store
}

function over(sessions: SessionStore, store: RunStore = memoryStore()): Runtime {
  const runtime = createRuntime({ store, environment: {}, sessionStores: { own: () => sessions } })
  onTestFinished(() => runtime.close())
  return runtime
}

function spec(script: readonly ScriptStep[], session: Partial<SessionDefinition> = {}): Program {
  const overrides = { session: { store: 'own:x', resume_agent: 'last' as const, ...session } }
  return program({ script, tools: [read, write], source: SOURCE, overrides })
}

const ask = compiled(spec([{ text: 'Hello.' }]))
const said = (texts: readonly string[]): object[] =>
  texts.map((text) => expect.objectContaining(contentOf(text)))
const contentOf = (text: string): object =>
  text === text.toUpperCase()
    ? { role: 'user', content: text }
    : { role: 'assistant', content: [expect.objectContaining({ text })] }

describe('a turn', () => {
  test('begins with what the store has, journals it, and adds what was said', async () => {
    const sessions = faultySessions()
    const runtime = over(sessions)
    await runtime.start(ask, 'ONE', { session: 's' }).result
    const second = await runtime.start(ask, 'TWO', { session: 's' }).result
    expect(second.status).toBe('completed')
    const page = await sessions.read('s')
    expect(page.items).toEqual(said(['ONE', 'Hello.', 'TWO', 'Hello.']))
    expect(page.last_agent).toBe('main')
    const journal = await runtime.events(second.run_id)
    expect(journal[0]).toMatchObject({
      session: { id: 's', from: 0, upto: 2, items: said(['ONE', 'Hello.']) },
    })
    expect(journal.at(-1)).toMatchObject({ type: 'session.appended', upto: journal.length - 1 })
    expect((await runtime.store.sessions.read('s')).items).toEqual([])
    expect((await runtime.list())[0]?.status).toBe('completed')
  })

  test('sees no more than session.limit items', async () => {
    const sessions = faultySessions()
    const runtime = over(sessions)
    const limited = compiled(spec([{ text: 'Hello.' }], { limit: 1 }))
    await runtime.start(limited, 'ONE', { session: 's' }).result
    const { run_id } = await runtime.start(limited, 'TWO', { session: 's' }).result
    expect((await runtime.events(run_id))[0]).toMatchObject({ session: { items: said(['Hello.']) } })
  })

  test('that pauses goes on from the history it began with, whatever became of the session', async () => {
    const sessions = faultySessions()
    const store = memoryStore()
    const approving = compiled(spec([call('write', { n: 1 }), { text: 'Done.' }]))
    const runtime = over(sessions, store)
    await runtime.start(ask, 'ONE', { session: 's' }).result
    const paused = await runtime.start(approving, 'TWO', { session: 's' }).result
    expect(paused.status).toBe('paused')
    await sessions.clear('s')
    const [interruption] = paused.interruptions
    if (interruption === undefined) throw new Error('a call waits')
    await runtime.decide(paused.run_id, { decision: 'approve', calls: [interruption.call_id], by: 'me' })
    const done = await over(sessions, store).resume(paused.run_id).result
    expect(done.status).toBe('completed')
    const items = (await sessions.read('s')).items
    expect(items.map((item) => item['type'])).toEqual(['function_call', 'function_call_output', 'message'])
  })
})

describe('a session store that fails', () => {
  test('at the start: nothing is journaled', async () => {
    const sessions = { ...memorySessions(), read: () => Promise.reject(new Error('down')) }
    const runtime = over(sessions)
    await expect(runtime.start(ask, 'ONE', { session: 's' }).result).rejects.toThrow(StoreFailure)
    expect(await runtime.list()).toEqual([])
  })

  test.each(['before', 'after'] as const)(
    '%s the input landed: the run is interrupted, and goes on to say everything once',
    async (time) => {
      const sessions = faultySessions()
      const runtime = over(sessions)
      sessions.failing = time
      await expect(runtime.start(ask, 'ONE', { session: 's' }).result).rejects.toThrow('down')
      const [run] = await runtime.list()
      expect(run).toMatchObject({ status: 'active', driven: false })
      sessions.failing = null
      const done = await runtime.resume(run?.run_id ?? '').result
      expect(done).toMatchObject({ status: 'completed', final_output: 'Hello.' })
      expect((await sessions.read('s')).items).toEqual(said(['ONE', 'Hello.']))
    },
  )

  /** A run whose answer is journaled, and whose session did not get it (or did, and nobody knows). */
  async function endedWithout(time: 'before' | 'after'): Promise<{
    readonly sessions: ReturnType<typeof faultySessions>
    readonly runtime: Runtime
    readonly runId: string
  }> {
    const sessions = faultySessions()
    const runtime = over(sessions)
    sessions.failing = time
    sessions.spared = 1
    await expect(runtime.start(ask, 'ONE', { session: 's' }).result).rejects.toThrow('down')
    sessions.failing = null
    const [run] = await runtime.list()
    expect(run?.status).toBe('active')
    return { sessions, runtime, runId: run?.run_id ?? '' }
  }

  test.each(['before', 'after'] as const)(
    '%s the answer landed: resuming delivers it, once',
    async (time) => {
      const { sessions, runtime, runId } = await endedWithout(time)
      expect(await runtime.show(runId)).toMatchObject({ status: 'interrupted', final_output: 'Hello.' })
      const done = await runtime.resume(runId).result
      expect(done).toMatchObject({ status: 'completed', final_output: 'Hello.' })
      expect((await sessions.read('s')).items).toEqual(said(['ONE', 'Hello.']))
      await expect(runtime.resume(runId).result).rejects.toMatchObject({ code: 'run_ended' })
    },
  )

  test.each(['before', 'after'] as const)(
    '%s the answer landed: the next turn finds it there',
    async (time) => {
      const { sessions, runtime, runId } = await endedWithout(time)
      const next = await runtime.start(ask, 'TWO', { session: 's' }).result
      expect((await runtime.events(next.run_id))[0]).toMatchObject({
        session: { items: said(['ONE', 'Hello.']) },
      })
      expect((await sessions.read('s')).items).toEqual(said(['ONE', 'Hello.', 'TWO', 'Hello.']))
      expect((await runtime.show(runId)).status).toBe('completed')
    },
  )

  test('cancelling a paused run tells the session what was said', async () => {
    const sessions = faultySessions()
    const runtime = over(sessions)
    const both = compiled(spec([{ tool_calls: [{ name: 'read' }, { name: 'write' }] }]))
    const paused = await runtime.start(both, 'ONE', { session: 's' }).result
    const cancelled = await runtime.cancel(paused.run_id, { by: 'me' })
    expect(cancelled.status).toBe('cancelled')
    const types = (await sessions.read('s')).items.map((item) => item['type'])
    expect(types).toEqual(['message', 'function_call', 'function_call_output'])
  })
})

describe('a run with a session elsewhere', () => {
  test('forks into a branch of that session', async () => {
    const sessions = faultySessions()
    const runtime = over(sessions)
    await runtime.start(ask, 'ONE', { session: 's' }).result
    const { run_id } = await runtime.start(ask, 'TWO', { session: 's' }).result
    const responded = (await runtime.events(run_id)).find((event) => event.type === 'model.responded')
    const fork = await runtime.fork(run_id, responded?.seq ?? 0)
    const done = await runtime.resume(fork.run_id).result
    expect(done.session_id).toBe(`s~${fork.run_id}`)
    const branch = await sessions.read(`s~${fork.run_id}`)
    expect(branch.items).toEqual(said(['ONE', 'Hello.', 'TWO', 'Hello.']))
    expect((await sessions.read('s')).items).toEqual(said(['ONE', 'Hello.', 'TWO', 'Hello.']))
  })

  test('moves to another run store, and goes on in the same session', async () => {
    const sessions = faultySessions()
    const home = over(sessions)
    const approving = compiled(spec([call('write', { n: 1 }), { text: 'Done.' }]))
    await home.start(ask, 'ONE', { session: 's' }).result
    const paused = await home.start(approving, 'TWO', { session: 's' }).result
    const document = await home.exportState(paused.run_id, { bundle: true, move: true })
    expect((await home.show(paused.run_id)).status).toBe('cancelled')
    const away = over(sessions)
    await away.importState(document, { trustSpec: true })
    const [waiting] = (await away.show(paused.run_id)).interruptions
    if (waiting === undefined) throw new Error('a call waits')
    await away.decide(paused.run_id, { decision: 'approve', calls: [waiting.call_id], by: 'me' })
    const done = await away.resume(paused.run_id, { baseDir: '/nowhere' }).result
    expect(done.status).toBe('completed')
    const types = (await sessions.read('s')).items.map((item) => item['role'] ?? item['type'])
    expect(types).toEqual(['user', 'assistant', 'user', 'function_call', 'function_call_output', 'assistant'])
  })
})
