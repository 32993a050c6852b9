/** What every run store guarantees of leases. */
import assert from 'node:assert/strict'
import type { HolderRecord } from '../../runtime/store/run-store.ts'
import { ask, driverOf, holderNamed, letTimePass, startRun, take } from './run-store-suite.ts'
import type { RunStoreChecks } from './run-store-suite.ts'

const isDead = (driver: string): boolean => driver === 'dead'

export const LEASE_CHECKS: RunStoreChecks = {
  'a lease is granted for a run that does not exist yet': async ({ store }) => {
    const lease = await take(store, 'run_a', { by: 'one' })
    assert.equal(lease.run_id, 'run_a')
    assert.equal(lease.driver_id, 'one')
    await startRun(store, 'run_a')
    assert.equal(await driverOf(store, 'run_a'), 'one')
  },

  'the epoch grows with every grant': async ({ store }) => {
    const first = await take(store, 'run_a', { by: 'one' })
    await store.releaseLease(first)
    const second = await take(store, 'run_a', { by: 'one' })
    const third = await take(store, 'run_a', { by: 'two', isGone: () => true })
    assert.ok(first.epoch < second.epoch && second.epoch < third.epoch)
  },

  'a live holder keeps its lease, and is named': async ({ store }) => {
    await startRun(store, 'run_a')
    await take(store, 'run_a', { by: 'one' })
    const grant = await ask(store, 'run_a', { by: 'two' })
    assert.ok(!grant.ok)
    const { beat_at, ...holder } = grant.holder
    assert.deepEqual(
      { ...grant, holder },
      { ok: false, busy: 'run', run_id: 'run_a', holder: holderNamed('one') },
    )
    assert.equal(typeof beat_at, 'number')
    assert.equal(await driverOf(store, 'run_a'), 'one')
  },

  'a process does not get a lease that it holds already': async ({ store }) => {
    await take(store, 'run_a', { by: 'one', session: 'customer' })
    const again = await ask(store, 'run_a', { by: 'one', isGone: () => true })
    assert.ok(!again.ok && again.busy === 'run')
    const other = await ask(store, 'run_b', { by: 'one', session: 'customer', isGone: () => true })
    assert.ok(!other.ok && other.busy === 'session')
  },

  'of requests for one lease exactly one is granted': async ({ store }) => {
    const grants = await Promise.all(['one', 'two', 'three', 'four'].map((by) => ask(store, 'run_a', { by })))
    assert.equal(grants.filter((grant) => grant.ok).length, 1)
  },

  'runs of one session are driven one at a time': async ({ store }) => {
    const first = await take(store, 'run_a', { by: 'one', session: 'customer' })
    const refused = await ask(store, 'run_b', { by: 'two', session: 'customer' })
    assert.ok(!refused.ok)
    assert.equal(refused.busy, 'session')
    assert.equal(refused.run_id, 'run_a')
    assert.equal(refused.holder.driver_id, 'one')
    await take(store, 'run_c', { by: 'two', session: 'other customer' })
    await take(store, 'run_d', { by: 'two' })
    await take(store, 'run_e', { by: 'two' })
    await store.releaseLease(first)
    await take(store, 'run_b', { by: 'two', session: 'customer' })
  },

  'a busy run is named before a busy session': async ({ store }) => {
    await take(store, 'run_a', { by: 'one', session: 'customer' })
    await take(store, 'run_b', { by: 'two' })
    const refused = await ask(store, 'run_b', { by: 'three', session: 'customer' })
    assert.ok(!refused.ok && refused.busy === 'run' && refused.run_id === 'run_b')
  },

  'a holder that is gone is replaced, on its run and on its session': async ({ store }) => {
    for (const id of ['run_a', 'run_b', 'run_c']) await startRun(store, id)
    await take(store, 'run_a', { by: 'dead', session: 'customer' })
    await take(store, 'run_c', { by: 'dead' })
    await take(store, 'run_b', { by: 'two', session: 'customer', isGone: isDead })
    assert.equal(await driverOf(store, 'run_a'), undefined)
    assert.equal(await driverOf(store, 'run_b'), 'two')
    assert.equal(await driverOf(store, 'run_c'), 'dead')
    await take(store, 'run_c', { by: 'three', isGone: isDead })
    assert.equal(await driverOf(store, 'run_c'), 'three')
  },

  'whoever asks is told the last heartbeat and the time, by the same clock': async ({ store }) => {
    await take(store, 'run_a', { by: 'one' })
    await letTimePass()
    const seen: { readonly holder: HolderRecord; readonly now: number }[] = []
    const isGone = (holder: HolderRecord, now: number): boolean => seen.push({ holder, now }) < 0
    const request = { run_id: 'run_a', session_id: null, holder: holderNamed('two'), isGone }
    await store.acquireLease(request)
    await store.heartbeat('one')
    await store.acquireLease(request)
    const [before, after] = seen
    assert.ok(before !== undefined && after !== undefined)
    assert.equal(before.holder.driver_id, 'one')
    assert.ok(before.now > before.holder.beat_at, 'time passes since the heartbeat')
    assert.ok(after.holder.beat_at > before.holder.beat_at, 'a heartbeat is noted')
    assert.ok(after.now >= after.holder.beat_at)
  },

  'a heartbeat counts for all leases of its process and for no other': async ({ store }) => {
    const drivers = { run_a: 'one', run_b: 'one', run_c: 'two' }
    const beats = async (): Promise<readonly number[]> => {
      const runs = await Promise.all(Object.keys(drivers).map((id) => store.readRun(id)))
      return runs.map((run) => run?.holder?.beat_at ?? 0)
    }
    for (const [id, by] of Object.entries(drivers)) {
      await startRun(store, id)
      await take(store, id, { by })
    }
    const before = await beats()
    await letTimePass()
    await store.heartbeat('one')
    await store.heartbeat('unknown')
    const later = (await beats()).map((beat, index) => beat > (before[index] ?? 0))
    assert.deepEqual(later, [true, true, false])
  },

  'a lease that was lost is not given back for its new holder': async ({ store }) => {
    await startRun(store, 'run_a')
    const lost = await take(store, 'run_a', { by: 'one' })
    const current = await take(store, 'run_a', { by: 'two', isGone: () => true })
    await store.releaseLease(lost)
    assert.equal(await driverOf(store, 'run_a'), 'two')
    await store.releaseLease(current)
    await store.releaseLease(current)
    assert.equal(await driverOf(store, 'run_a'), undefined)
  },

  'leases hold between processes': async ({ store, reopen }) => {
    if (reopen === undefined) return
    const other = await reopen()
    try {
      const first = await take(store, 'run_a', { by: 'one', session: 'customer' })
      assert.equal((await ask(other, 'run_a', { by: 'two' })).ok, false)
      assert.equal((await ask(other, 'run_b', { by: 'two', session: 'customer' })).ok, false)
      await store.releaseLease(first)
      const second = await take(other, 'run_a', { by: 'two' })
      assert.ok(second.epoch > first.epoch)
    } finally {
      await other.close()
    }
  },
}
