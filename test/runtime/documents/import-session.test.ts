import { describe, expect, test } from 'vitest'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { rootFrame } from '../../../src/runtime/state/run-state.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import type { JsonObject } from '../../../src/util/json.ts'
import { compiled } from '../../support/program.ts'
import { asJson, deskSpec, HOLDER, makeRun, portsOver, runtimeOver } from './support.ts'
import type { MadeRun } from './support.ts'

const SESSION = 'customer'

async function bundle({ runtime, run_id }: MadeRun): Promise<JsonObject> {
  return asJson(await runtime.exportState(run_id, { bundle: true }))
}

async function itemsOf(store: RunStore): Promise<readonly JsonObject[]> {
  return (await store.sessions.read(SESSION)).items
}

const message = (content: string): JsonObject => ({ type: 'message', role: 'user', content })

describe('the session of an imported run', () => {
  test('reads here as it does at home, and goes on from there', async () => {
    const made = await makeRun('in a session')
    const store = memoryStore()
    await importRun(portsOver(store), await bundle(made))
    expect(await itemsOf(store)).toEqual(await itemsOf(made.runtime.store))
    const here = runtimeOver(store)
    for (const runtime of [made.runtime, here]) {
      await runtime.decide(made.run_id, { calls: 'all', decision: 'approve', by: 'ana' })
      expect(await runtime.resume(made.run_id).result).toMatchObject({ status: 'completed' })
    }
    expect(await itemsOf(store)).toEqual(await itemsOf(made.runtime.store))
    expect((await store.sessions.list()).map((session) => session.last_agent)).toEqual(['main'])
  })

  test('cannot be missing', async () => {
    const made = await makeRun('in a session')
    const store = memoryStore()
    const { session_items: _, seal: __, ...document } = await bundle(made)
    await expect(importRun(portsOver(store), document, { trustSpec: true })).rejects.toMatchObject({
      name: 'UsageFailure',
      code: 'missing_session_items',
      hint: expect.stringContaining('--bundle'),
    })
    expect([await store.listRuns(), await store.sessions.list(), await store.listSpecs()]).toEqual([
      [],
      [],
      [],
    ])
  })

  test('has as many items as the run refers to', async () => {
    const { seal: _, ...document } = await bundle(await makeRun('in a session'))
    const shorter = { ...document, session_items: [message('Hi')] }
    await expect(importRun(portsOver(memoryStore()), shorter, { trustSpec: true })).rejects.toMatchObject({
      message: 'The state document is not valid at /session_items: there are 1; the run refers to 2',
    })
  })

  test('has its end after its beginning', async () => {
    const { seal: _, ...document } = await bundle(await makeRun('in a session'))
    const text = JSON.stringify(document).replace('"from":0,"upto":2', '"from":5,"upto":2')
    await expect(
      importRun(portsOver(memoryStore()), JSON.parse(text), { trustSpec: true }),
    ).rejects.toMatchObject({
      message: 'The state document is not valid at /journal/0: session.from (5) is after session.upto (2)',
    })
  })

  test('belongs to a run that has one', async () => {
    const made = await makeRun('completed')
    const { seal: _, ...document } = await bundle(made)
    await expect(
      importRun(portsOver(memoryStore()), { ...document, session_items: [] }, { trustSpec: true }),
    ).rejects.toMatchObject({
      message: 'The state document is not valid at /session_items: the run has no session',
    })
  })

  test('does not join another conversation of the same name', async () => {
    const made = await makeRun('in a session')
    const store = memoryStore()
    await store.sessions.append({
      session_id: SESSION,
      operation: 'other',
      items: [message('Something else')],
      last_agent: 'main',
    })
    await expect(importRun(portsOver(store), await bundle(made))).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'session_differs',
    })
    expect([await store.listRuns(), await store.listSpecs()]).toEqual([[], []])
    expect(await itemsOf(store)).toEqual([message('Something else')])
  })

  test('goes on where an earlier run of it has left off', async () => {
    const made = await makeRun('in a session')
    const [, first] = await made.runtime.list()
    const store = memoryStore()
    const ports = portsOver(store)
    await importRun(ports, await bundle({ ...made, run_id: String(first?.run_id) }))
    expect(await itemsOf(store)).toHaveLength(2)
    await importRun(ports, await bundle(made))
    expect(await itemsOf(store)).toEqual(await itemsOf(made.runtime.store))
    const state = foldJournal(await store.readJournal(made.run_id))
    expect(state.session).toEqual({ id: SESSION, from: 0, upto: 2 })
  })

  test('is not doubled when a run that was removed comes back', async () => {
    const made = await makeRun('in a session')
    const { store } = made.runtime
    const before = await itemsOf(store)
    const document = await bundle(made)
    await store.removeRun(made.run_id)
    await importRun(portsOver(store), document)
    expect(await itemsOf(store)).toEqual(before)
    expect(foldJournal(await store.readJournal(made.run_id)).session).toEqual({
      id: SESSION,
      from: 0,
      upto: 2,
    })
  })

  test('comes again after it was cleared, with the places it has then', async () => {
    const made = await makeRun('in a session')
    const { store } = made.runtime
    const before = await itemsOf(store)
    const document = await bundle(made)
    for (const round of [1, 2]) {
      await store.removeRun(made.run_id)
      await store.sessions.clear(SESSION)
      await importRun(portsOver(store), document)
      expect(await itemsOf(store)).toEqual(before)
      const from = round * before.length
      expect(foldJournal(await store.readJournal(made.run_id)).session).toEqual({
        id: SESSION,
        from,
        upto: from + 2,
      })
    }
  })

  test('that was removed at home is empty elsewhere too', async () => {
    const made = await makeRun('in a session')
    await made.runtime.store.sessions.remove(SESSION)
    const store = memoryStore()
    await importRun(portsOver(store), await bundle(made))
    const state = foldJournal(await store.readJournal(made.run_id))
    expect(state.session).toMatchObject({ from: 0, upto: 0 })
    expect(await itemsOf(store)).toEqual(rootFrame(state).items)
  })

  test('is not touched while another turn runs on it', async () => {
    const made = await makeRun('in a session')
    const store = memoryStore()
    const holder = { ...HOLDER, driver_id: 'other' }
    await store.acquireLease({ run_id: 'run_other', session_id: SESSION, holder, isGone: () => false })
    await expect(importRun(portsOver(store), await bundle(made))).rejects.toMatchObject({
      code: 'session_busy',
    })
    expect(await store.listRuns()).toEqual([])
  })

  test('is there for the next turn', async () => {
    const made = await makeRun('in a session')
    const store = memoryStore()
    await importRun(portsOver(store), await bundle(made))
    const next = await runtimeOver(store).start(compiled(deskSpec([{ text: 'Bye' }])), 'Thanks', {
      session: SESSION,
    }).result
    expect(next).toMatchObject({ status: 'completed' })
    expect(foldJournal(await store.readJournal(next.run_id)).session).toEqual({
      id: SESSION,
      from: 0,
      upto: 5,
    })
  })
})
