/** What every run store guarantees of the records of runs. */
import assert from 'node:assert/strict'
import type { Interruption } from '../../runtime/state/events.ts'
import type { JsonObject } from '../../util/json.ts'
import {
  assertLanded,
  driverOf,
  holderNamed,
  journalBatch,
  runRecord,
  startRun,
  take,
} from './run-store-suite.ts'
import type { RunStoreChecks } from './run-store-suite.ts'

const INTERRUPTION: Interruption & { readonly rule: JsonObject } = {
  request: 2,
  call_id: 'call_1',
  kind: 'function',
  agent: 'triage',
  tool: 'cancel_order',
  server: null,
  arguments: { order_id: 7, note: 'Käse' },
  path: [],
  digest: 'sha256:digest',
  requested_at: '2026-11-01T08:00:00.000Z',
  expires_at: null,
  rule: { kind: 'tool' },
}

const at = (second: number): string => new Date(Date.UTC(2026, 10, 1, 8, 0, second)).toISOString()
const numbered = (index: number): string => `run_${String(index).padStart(2, '0')}`
const ids = (runs: readonly { readonly run_id: string }[]): readonly string[] => runs.map((run) => run.run_id)

export const LIST_CHECKS: RunStoreChecks = {
  'a record comes back as it was last written': async ({ store }) => {
    const first = runRecord('run_a', { session_id: 'customer' })
    await startRun(store, 'run_a', first)
    assert.deepEqual(await store.readRun('run_a'), { ...first, holder: null })
    const changes = {
      status: 'paused',
      spec: { name: 'desk', version: '2.0.0', hash: 'sha256:two' },
      session_id: 'customer',
      last_agent: 'billing',
      turns: 4,
      updated_at: at(9),
      interruptions: [INTERRUPTION],
    } as const
    assertLanded(await store.append(journalBatch('run_a', 1, { record: changes })))
    assert.deepEqual(await store.readRun('run_a'), {
      ...runRecord('run_a', { seq: 2, ...changes }),
      holder: null,
    })
  },

  'runs are listed by their start, newest first, 50 unless told': async ({ store }) => {
    for (const index of [3, 1, 2]) await startRun(store, numbered(index), { started_at: at(index) })
    assert.deepEqual(ids(await store.listRuns()), ['run_03', 'run_02', 'run_01'])
    assert.deepEqual(ids(await store.listRuns({ limit: 2 })), ['run_03', 'run_02'])
    for (let index = 4; index < 56; index++) await startRun(store, numbered(index), { started_at: at(index) })
    const listed = ids(await store.listRuns())
    assert.equal(listed.length, 50)
    assert.equal(listed[0], 'run_55')
    assert.equal((await store.listRuns({ limit: 1000 })).length, 55)
  },

  'of runs started together the one stored later is the newer one': async ({ store }) => {
    for (const id of ['run_b', 'run_a', 'run_c']) await startRun(store, id)
    assert.deepEqual(ids(await store.listRuns()), ['run_c', 'run_a', 'run_b'])
  },

  'runs are listed by status and session': async ({ store }) => {
    const runs = [
      { status: 'active', session_id: null },
      { status: 'paused', session_id: 'one' },
      { status: 'completed', session_id: 'one' },
      { status: 'paused', session_id: 'two' },
    ] as const
    for (const [index, run] of runs.entries())
      await startRun(store, `run_${index}`, { ...run, started_at: at(index) })
    assert.deepEqual(ids(await store.listRuns({ status: ['paused'] })), ['run_3', 'run_1'])
    assert.deepEqual(ids(await store.listRuns({ status: ['paused', 'active'] })), ['run_3', 'run_1', 'run_0'])
    assert.deepEqual(ids(await store.listRuns({ status: ['paused', 'active'], limit: 1 })), ['run_3'])
    assert.deepEqual(await store.listRuns({ status: ['failed'] }), [])
    assert.deepEqual(await store.listRuns({ status: [] }), [])
    assert.deepEqual(ids(await store.listRuns({ session_id: 'one' })), ['run_2', 'run_1'])
    assert.deepEqual(ids(await store.listRuns({ session_id: 'one', status: ['paused'] })), ['run_1'])
    assert.deepEqual(await store.listRuns({ session_id: 'none' }), [])
  },

  'a status that changes is found under the new one only': async ({ store }) => {
    await startRun(store, 'run_a', { status: 'active' })
    assertLanded(await store.append(journalBatch('run_a', 1, { record: { status: 'paused' } })))
    assert.deepEqual(await store.listRuns({ status: ['active'] }), [])
    assert.deepEqual(ids(await store.listRuns({ status: ['paused'] })), ['run_a'])
  },

  'runs are found by the start of their id, which has no wildcards': async ({ store }) => {
    const stored = ['run_abc', 'run_abd', 'run_x', 'runXabc', 'RUN_ABC', 'run_%']
    for (const [index, id] of stored.entries()) await startRun(store, id, { started_at: at(index) })
    assert.deepEqual(ids(await store.findRuns('run_ab')), ['run_abd', 'run_abc'])
    assert.deepEqual(ids(await store.findRuns('run_abc')), ['run_abc'])
    assert.deepEqual(ids(await store.findRuns('run_%')), ['run_%'])
    assert.deepEqual(ids(await store.findRuns('run_')), ['run_%', 'run_x', 'run_abd', 'run_abc'])
    assert.deepEqual(await store.findRuns('un_'), [])
  },

  'at most 20 runs are found, the newest': async ({ store }) => {
    for (let index = 0; index < 25; index++) await startRun(store, `run_${index}`, { started_at: at(index) })
    const found = ids(await store.findRuns('run_'))
    assert.equal(found.length, 20)
    assert.equal(found[0], 'run_24')
  },

  'runs come with the holder of their lease': async ({ store }) => {
    await startRun(store, 'run_a')
    await startRun(store, 'run_b')
    const lease = await take(store, 'run_a', { by: 'driver' })
    const holder = (await store.readRun('run_a'))?.holder
    assert.ok(holder !== null && holder !== undefined)
    const { beat_at, ...rest } = holder
    assert.deepEqual(rest, holderNamed('driver'))
    assert.ok(Math.abs(Date.now() - beat_at) < 24 * 3_600_000, 'beat_at is in milliseconds since the epoch')
    const drivers = (await store.listRuns()).map((run) => run.holder?.driver_id)
    assert.deepEqual(drivers, [undefined, 'driver'])
    assert.equal((await store.findRuns('run_a'))[0]?.holder?.driver_id, 'driver')
    await store.releaseLease(lease)
    assert.equal((await store.readRun('run_a'))?.holder, null)
  },

  'a removed run is gone with its journal and its lease; session items stay': async ({ store }) => {
    const items = [{ type: 'message', role: 'user', content: 'hello' }]
    const session = { session_id: 'customer', operation: 'run_a:1', items, last_agent: 'desk' }
    const lease = await take(store, 'run_a', { by: 'driver', session: 'customer' })
    assertLanded(await store.append(journalBatch('run_a', 0, { lease, session })))
    await startRun(store, 'run_b')
    assert.equal(await store.removeRun('run_a'), true)
    assert.equal(await store.removeRun('run_a'), false)
    assert.equal(await store.readRun('run_a'), null)
    assert.deepEqual(await store.readJournal('run_a'), [])
    assert.deepEqual(ids(await store.listRuns()), ['run_b'])
    assert.deepEqual((await store.sessions.read('customer')).items, items)
    assert.equal((await store.append(journalBatch('run_a', 1, { lease }))).ok, false)
    await take(store, 'run_c', { by: 'other', session: 'customer' })
    await startRun(store, 'run_a')
    assert.equal(await driverOf(store, 'run_a'), undefined)
  },
}
