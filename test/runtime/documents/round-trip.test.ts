import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { exportRun } from '../../../src/runtime/documents/export-run.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { readDocument } from '../../../src/runtime/documents/read-document.ts'
import { RunState } from '../../../src/runtime/documents/run-state-handle.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { rootFrame } from '../../../src/runtime/state/run-state.ts'
import type { RunState as FoldedState } from '../../../src/runtime/state/run-state.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import type { OpenedRunStore } from '../../../src/testing/conformance/run-store-suite.ts'
import { canonicalJson } from '../../../src/util/canonical-json.ts'
import { isJsonArray, isJsonObject } from '../../../src/util/json.ts'
import type { Json } from '../../../src/util/json.ts'
import { openTemporaryStore } from '../store/temporary-store.ts'
import {
  asJson,
  inDoubtJournal,
  KEY,
  makeRun,
  portsOver,
  RUN_NAMES,
  runtimeOver,
  storeWith,
} from './support.ts'

const open: OpenedRunStore[] = []

afterEach(async () => {
  for (const opened of open.splice(0)) {
    await opened.store.close()
    await opened.close()
  }
})

const STORES: Readonly<Record<string, () => Promise<OpenedRunStore>>> = {
  memory: async () => ({ store: memoryStore(), close: async () => {} }),
  sqlite: openTemporaryStore,
}

async function openStore(name: string): Promise<RunStore> {
  const opened = await STORES[name]?.()
  if (opened === undefined) throw new Error(`there is no store ${name}`)
  open.push(opened)
  return opened.store
}

/** A state without the folder of the machine it was made on. */
function anywhere(journal: readonly JournalEvent[]): FoldedState {
  return { ...foldJournal(journal), base_dir: '' }
}

/** The same value with the keys of every object in another order. */
function reordered(value: Json, order: Iterator<number>): Json {
  if (isJsonArray(value)) return value.map((member) => reordered(member, order))
  if (!isJsonObject(value)) return value
  const keys = Object.entries(value).map(([key, member]) => ({
    key,
    member,
    rank: Number(order.next().value),
  }))
  keys.sort((a, b) => a.rank - b.rank)
  return Object.fromEntries(keys.map(({ key, member }) => [key, reordered(member, order)]))
}

describe.for(Object.keys(STORES))('into a %s store', (storeName) => {
  test.for(RUN_NAMES)('a run (%s) comes as it was, at every moment of its life', async (name) => {
    const { runtime, run_id, spec } = await makeRun(name)
    const journal = await runtime.events(run_id)
    const session = foldJournal(journal).session
    const history =
      session === null ? [] : await runtime.store.sessions.readRange(session.id, session.from, session.upto)
    const bundle = session === null ? {} : { session_items: history }
    // A file is synced for each of them, so that one moment has to do there.
    for (let length = storeName === 'memory' ? 1 : journal.length; length <= journal.length; length++) {
      const moment = journal.slice(0, length)
      const store = await storeWith(spec, await openStore(storeName))
      const document = asJson(sealDocument(documentOf(moment, { bundle }), KEY))
      const imported = await importRun(portsOver(store), document)
      const expected = anywhere(moment)
      expect(anywhere(await store.readJournal(run_id))).toEqual(expected)
      expect(imported.status).toBe(expected.phase === 'active' ? 'interrupted' : expected.phase)
      expect(await store.readRun(run_id)).toMatchObject({ status: expected.phase, seq: length, holder: null })
      if (session !== null) {
        const page = await store.sessions.read(session.id)
        expect(page.items).toEqual([...history, ...rootFrame(expected).items])
      }
    }
  })

  test('the same document again changes nothing', async () => {
    const { runtime, run_id, spec } = await makeRun('in a session')
    const store = await storeWith(spec, await openStore(storeName))
    const document = await runtime.exportState(run_id, { bundle: true })
    expect(await importRun(portsOver(store), document)).toEqual({ run_id, status: 'paused' })
    const before = [await store.readJournal(run_id), await store.sessions.read('customer')]
    expect(await importRun(portsOver(store), document)).toEqual({ run_id, status: 'paused' })
    expect([await store.readJournal(run_id), await store.sessions.read('customer')]).toEqual(before)
  })

  test('a run goes on where it came to, and does what it would have done at home', async () => {
    const { runtime, run_id } = await makeRun('decided')
    const away = await openStore(storeName)
    await importRun(portsOver(away), await runtime.exportState(run_id, { bundle: true }))
    const other = runtimeOver(away)
    const [home, there] = [await runtime.resume(run_id).result, await other.resume(run_id).result]
    expect(there).toMatchObject({ status: 'completed', final_output: home.final_output, usage: home.usage })
    expect(rootFrame(foldJournal(await other.events(run_id))).items).toEqual(
      rootFrame(foldJournal(await runtime.events(run_id))).items,
    )
  })
})

describe('a document', () => {
  test('is the same when an imported run is exported again', async () => {
    const { runtime, run_id, spec } = await makeRun('decided')
    const document = await runtime.exportState(run_id)
    const store = await storeWith(spec)
    await importRun(portsOver(store), asJson(document))
    expect(canonicalJson(await exportRun(portsOver(store), run_id))).toBe(canonicalJson(document))
  })

  test('has nothing of the machine it was made on', async () => {
    const { runtime, run_id } = await makeRun('tried again')
    expect(foldJournal(await runtime.events(run_id)).base_dir).toBe('/nowhere')
    expect(JSON.stringify(await runtime.exportState(run_id, { bundle: true }))).not.toContain('/nowhere')
  })

  test('says running while a live process drives the run, and is imported as interrupted', async () => {
    const { runtime, run_id, spec } = await makeRun('paused')
    const journal = (await runtime.events(run_id)).slice(0, 3)
    const document = sealDocument(documentOf(journal, { driven: true }), KEY)
    expect(document.status).toBe('running')
    expect(await importRun(portsOver(await storeWith(spec)), asJson(document))).toEqual({
      run_id,
      status: 'interrupted',
    })
  })

  test('is the same whatever the order of its keys', async () => {
    const { runtime, run_id } = await makeRun('decided')
    const document = asJson(await runtime.exportState(run_id, { bundle: true }))
    const text = RunState.fromString(JSON.stringify(document), { key: KEY }).toString()
    const seeds = fc.infiniteStream(fc.nat())
    fc.assert(
      fc.property(seeds, (order) => {
        const shuffled = JSON.stringify(reordered(document, order), null, 2)
        expect(RunState.fromString(shuffled, { key: KEY }).toString()).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  test('has canonical bytes even where a text has half a character', async () => {
    const { runtime, run_id, spec } = await makeRun('completed')
    const journal = (await runtime.events(run_id)).map((event) => {
      if (event.type === 'run.started') return { ...event, context: { half: 'a \ud83d' } }
      if (event.type === 'run.completed')
        return { ...event, final_output: { 'half\ud83d': 'character \ud83d' } }
      return event
    })
    const document = sealDocument(documentOf(journal), KEY)
    const store = await storeWith(spec)
    await importRun(portsOver(store), document)
    expect(foldJournal(await store.readJournal(run_id)).final_output).toEqual({
      'half\ufffd': 'character \ufffd',
    })
    expect(foldJournal(await store.readJournal(run_id)).context).toEqual({ half: 'a \ufffd' })
    expect(await importRun(portsOver(store), document)).toEqual({ run_id, status: 'completed' })
  })

  test('of a call whose process died says that it was started', async () => {
    const { document, state } = readDocument(asJson(documentOf(await inDoubtJournal())), KEY)
    expect(document.status).toBe('interrupted')
    expect(rootFrame(state).calls.map((call) => call.status)).toEqual(['started', 'completed'])
  })
})

describe('a run that is here already', () => {
  test.for([
    ['shorter', 3, 5, 'has only its first 3 events'],
    ['longer', 5, 3, 'has gone on with it since event 3'],
  ] as const)('is left alone when its journal is %s', async ([, here, there, difference]) => {
    const { runtime, run_id, spec } = await makeRun('completed')
    const journal = await runtime.events(run_id)
    const store = await storeWith(spec)
    await importRun(portsOver(store), asJson(sealDocument(documentOf(journal.slice(0, here)), KEY)))
    const later = asJson(sealDocument(documentOf(journal.slice(0, there)), KEY))
    await expect(importRun(portsOver(store), later)).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'run_exists',
      message: expect.stringContaining(difference),
    })
    expect(await store.readJournal(run_id)).toHaveLength(here)
  })

  test('is left alone when its journal is another one', async () => {
    const one = await makeRun('completed')
    const two = await makeRun('paused')
    expect(one.run_id).toBe(two.run_id)
    const store = await storeWith(two.spec, await storeWith(one.spec))
    await importRun(portsOver(store), await one.runtime.exportState(one.run_id))
    await expect(
      importRun(portsOver(store), await two.runtime.exportState(two.run_id)),
    ).rejects.toMatchObject({
      code: 'run_exists',
      message: expect.stringContaining('has another event 1 in it'),
    })
  })

  test('is left alone while somebody drives it', async () => {
    const { runtime, run_id, spec } = await makeRun('paused')
    const store = await storeWith(spec)
    const ports = portsOver(store)
    const grant = await store.acquireLease({
      run_id,
      session_id: null,
      holder: { ...ports.holder, driver_id: 'other' },
      isGone: () => false,
    })
    expect(grant.ok).toBe(true)
    await expect(importRun(ports, await runtime.exportState(run_id))).rejects.toMatchObject({
      code: 'run_busy',
    })
    expect(await store.readJournal(run_id)).toEqual([])
  })

  test('is found when somebody else brings it in at the same time', async () => {
    const { runtime, run_id, spec } = await makeRun('paused')
    const document = await runtime.exportState(run_id)
    const store = await storeWith(spec)
    const slow: RunStore = {
      ...store,
      async acquireLease(request) {
        await importRun(portsOver(store), document)
        return await store.acquireLease(request)
      },
    }
    expect(await importRun(portsOver(slow), document)).toEqual({ run_id, status: 'paused' })
    expect(await store.readJournal(run_id)).toHaveLength(document.journal.length)
  })

  test('is not claimed to be imported when the lease was lost', async () => {
    const { runtime, run_id, spec } = await makeRun('paused')
    const store = await storeWith(spec)
    const fenced: RunStore = { ...store, append: async () => ({ ok: false, why: 'fenced' }) }
    await expect(importRun(portsOver(fenced), await runtime.exportState(run_id))).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'run_busy',
    })
  })
})
