/** What every run store guarantees of journals. */
import assert from 'node:assert/strict'
import { StoreFailure } from '../../runtime/failures.ts'
import type { Item } from '../../runtime/state/item.ts'
import { addedInput, assertLanded, journalBatch, runRecord, startRun, take } from './run-store-suite.ts'
import type { RunStoreChecks } from './run-store-suite.ts'

const message = (content: string): Item => ({ type: 'message', role: 'user', content })

export const JOURNAL_CHECKS: RunStoreChecks = {
  'an unknown run has an empty journal and no record': async ({ store }) => {
    assert.deepEqual(await store.readJournal('run_none'), [])
    assert.equal(await store.readRun('run_none'), null)
  },

  'events come back as they were appended, in order': async ({ store }) => {
    const events = ['plain', '"quoted"\n\u0000', 'Käse 🧀', '', 'null'].map((text, index) =>
      addedInput('run_a', index + 1, text),
    )
    assertLanded(await store.append(journalBatch('run_a', 0, { events: events.slice(0, 2) })))
    assertLanded(await store.append(journalBatch('run_a', 2, { events: events.slice(2) })))
    assert.deepEqual(await store.readJournal('run_a'), events)
  },

  'a journal is read after a seq': async ({ store }) => {
    assertLanded(await store.append(journalBatch('run_a', 0, { count: 12 })))
    await startRun(store, 'run_b')
    const seqs = (await store.readJournal('run_a', 8)).map((event) => event.seq)
    assert.deepEqual(seqs, [9, 10, 11, 12])
    assert.deepEqual(await store.readJournal('run_a', 12), [])
  },

  'a batch that is behind is refused with the events it missed': async ({ store }) => {
    assertLanded(await store.append(journalBatch('run_a', 0, { count: 3 })))
    const outcome = await store.append(journalBatch('run_a', 1))
    assert.deepEqual(outcome, {
      ok: false,
      why: 'behind',
      events: [addedInput('run_a', 2), addedInput('run_a', 3)],
    })
  },

  'a run is started once': async ({ store }) => {
    await startRun(store, 'run_a')
    const outcome = await store.append(journalBatch('run_a', 0))
    assert.deepEqual(outcome, { ok: false, why: 'behind', events: [addedInput('run_a', 1)] })
  },

  'of batches for the same place one lands': async ({ store }) => {
    await startRun(store, 'run_a')
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, writer) =>
        store.append(journalBatch('run_a', 1, { events: [addedInput('run_a', 2, `writer ${writer}`)] })),
      ),
    )
    assert.equal(outcomes.filter((outcome) => outcome.ok).length, 1)
    const winner = outcomes.findIndex((outcome) => outcome.ok)
    const journal = await store.readJournal('run_a')
    assert.deepEqual(journal, [addedInput('run_a', 1), addedInput('run_a', 2, `writer ${winner}`)])
  },

  'a driver learns what others appended': async ({ store }) => {
    const lease = await take(store, 'run_a', { by: 'driver' })
    assertLanded(await store.append(journalBatch('run_a', 0, { lease })))
    assertLanded(await store.append(journalBatch('run_a', 1)))
    const outcome = await store.append(journalBatch('run_a', 1, { lease }))
    assert.deepEqual(outcome, { ok: false, why: 'behind', events: [addedInput('run_a', 2)] })
    assertLanded(await store.append(journalBatch('run_a', 2, { lease })))
  },

  'a lease that was released or taken over fences its appends': async ({ store }) => {
    const released = await take(store, 'run_a', { by: 'one' })
    assertLanded(await store.append(journalBatch('run_a', 0, { lease: released })))
    await store.releaseLease(released)
    const fenced = { ok: false, why: 'fenced' }
    assert.deepEqual(await store.append(journalBatch('run_a', 1, { lease: released })), fenced)
    const again = await take(store, 'run_a', { by: 'one' })
    assert.deepEqual(await store.append(journalBatch('run_a', 1, { lease: released })), fenced)
    await store.releaseLease(again)
    const lost = await take(store, 'run_a', { by: 'two' })
    const current = await take(store, 'run_a', { by: 'three', isGone: () => true })
    assert.deepEqual(await store.append(journalBatch('run_a', 1, { lease: lost })), fenced)
    assertLanded(await store.append(journalBatch('run_a', 1, { lease: current })))
  },

  'session items land with the events they belong to': async ({ store }) => {
    const session = {
      session_id: 'customer',
      operation: 'run_a:1',
      items: [message('hello'), message('world')],
      last_agent: 'desk',
    }
    assertLanded(await store.append(journalBatch('run_a', 0, { session })))
    const page = await store.sessions.read('customer')
    assert.deepEqual(page, { items: session.items, from: 0, upto: 2, last_agent: 'desk' })
  },

  'a refused batch leaves nothing behind': async ({ store }) => {
    const lost = await take(store, 'run_a', { by: 'one' })
    await store.releaseLease(lost)
    await startRun(store, 'run_a')
    const before = await store.readRun('run_a')
    const refused = {
      count: 2,
      record: { status: 'completed', turns: 9 },
      session: { session_id: 'customer', operation: 'run_a:2', items: [message('lost')], last_agent: 'desk' },
    } as const
    assert.equal((await store.append(journalBatch('run_a', 0, refused))).ok, false)
    assert.equal((await store.append(journalBatch('run_a', 1, { ...refused, lease: lost }))).ok, false)
    assert.deepEqual(await store.readJournal('run_a'), [addedInput('run_a', 1)])
    assert.deepEqual(await store.readRun('run_a'), before)
    assert.deepEqual(await store.sessions.list(), [])
  },

  'a batch with a gap, or of another run, is a bug of its writer and leaves nothing behind': async ({
    store,
  }) => {
    await startRun(store, 'run_a')
    const gap = journalBatch('run_a', 1, { events: [addedInput('run_a', 3)] })
    await assert.rejects(store.append(gap), { name: 'InternalError' })
    const foreign = { ...journalBatch('run_a', 1), events: [addedInput('run_b', 2)] }
    await assert.rejects(store.append(foreign), { name: 'InternalError' })
    assert.deepEqual(await store.readJournal('run_a'), [addedInput('run_a', 1)])
  },

  'what was appended is out of the reach of callers': async ({ store }) => {
    const items = [message('first')]
    const event = { ...addedInput('run_a', 1), items }
    const record = { ...runRecord('run_a', { spec: { name: 'desk', version: '1', hash: 'sha256:one' } }) }
    const appended = store.append({ run_id: 'run_a', after: 0, lease: null, events: [event], record })
    items.push(message('second'))
    Object.assign(record, { last_agent: 'nobody' })
    assertLanded(await appended)
    const [read] = await store.readJournal('run_a')
    assert.ok(read !== undefined && Reflect.set(read, 'seq', 7))
    assert.deepEqual(await store.readJournal('run_a'), [{ ...event, items: [message('first')] }])
    assert.equal((await store.readRun('run_a'))?.last_agent, 'triage')
  },

  'a removed run cannot be continued': async ({ store }) => {
    assertLanded(await store.append(journalBatch('run_a', 0, { count: 2 })))
    assert.equal(await store.removeRun('run_a'), true)
    await assert.rejects(store.append(journalBatch('run_a', 2)), StoreFailure)
    assert.deepEqual(await store.readJournal('run_a'), [])
  },

  'what was acknowledged is there for others': async ({ store, reopen }) => {
    if (reopen === undefined) return
    const session = { session_id: 's', operation: 'run_a:1', items: [message('hello')], last_agent: 'desk' }
    assertLanded(await store.append(journalBatch('run_a', 0, { count: 3, session })))
    const other = await reopen()
    try {
      assert.deepEqual(await other.readJournal('run_a'), await store.readJournal('run_a'))
      assert.deepEqual(await other.readRun('run_a'), await store.readRun('run_a'))
      assert.deepEqual(await other.sessions.read('s'), await store.sessions.read('s'))
      assertLanded(await other.append(journalBatch('run_a', 3)))
      assert.equal((await store.append(journalBatch('run_a', 3))).ok, false)
    } finally {
      await other.close()
    }
  },

  'a closed store refuses, and what was on its way is kept': async ({ store, reopen }) => {
    const appended = store.append(journalBatch('run_a', 0))
    await store.close()
    await store.close()
    assertLanded(await appended)
    await assert.rejects(store.append(journalBatch('run_a', 1)), StoreFailure)
    await assert.rejects(store.readJournal('run_a'), StoreFailure)
    await assert.rejects(store.sessions.read('s'), StoreFailure)
    if (reopen === undefined) return
    const other = await reopen()
    assert.equal((await other.readJournal('run_a')).length, 1)
    await other.close()
  },
}
