/** Whichever call of a store fails, and whether it had been done: a clean error, and a run that can be carried on. */
import { describe, expect, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { ConflictFailure, StoreFailure } from '../../../src/runtime/failures.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { faultyStore } from '../../support/faulty-store.ts'
import type { FaultTime } from '../../support/faulty-store.ts'
import { expectWhole, goToEnd, PAYMENTS } from './payment-run.ts'
import { openTemporaryStore, temporaryFolder } from './temporary-store.ts'

/** Fails the n-th call, then carries on as another process would. False when there was no such call. */
async function survives(inner: RunStore, n: number, time: FaultTime): Promise<boolean> {
  using folder = temporaryFolder()
  const log = folder.file('log')
  const faulty = faultyStore(inner, n, time)
  const first = createRuntime({ store: faulty.store, environment: {} })
  const error = await goToEnd(first, log).catch((reason: unknown) => reason)
  if (error !== undefined) expect(error).toBeInstanceOf(StoreFailure)
  await faulty.releaseAll()
  const second = createRuntime({ store: inner, environment: {} })
  await goToEnd(second, log)

  await expectWhole(inner, log)
  return faulty.failed()
}

describe.each(['before', 'after'] as const)('a call that fails %s it is done', (time) => {
  test('in memory, for every call', { timeout: 60_000 }, async () => {
    let n = 1
    while (await survives(memoryStore(), n, time)) n += 1
    expect(n).toBeGreaterThan(20)
  })

  test('in SQLite, for every call', { timeout: 120_000 }, async () => {
    for (let n = 1; ; n++) {
      const { store, close } = await openTemporaryStore()
      const reached = await survives(store, n, time)
      await store.close()
      await close()
      if (!reached) return expect(n).toBeGreaterThan(20)
    }
  })
})

test('a lease that cannot be given back at once is given back later', async () => {
  const inner = memoryStore()
  let refusals = 2
  const store: RunStore = {
    ...inner,
    releaseLease: async (lease) => {
      refusals -= 1
      if (refusals >= 0) throw new StoreFailure('busy')
      return inner.releaseLease(lease)
    },
  }
  using folder = temporaryFolder()
  const runtime = createRuntime({ store, environment: {} })
  const { run_id: id } = await runtime.start(PAYMENTS, 'Go', { context: { log: folder.file('log') } }).result
  const resumed = await runtime.resume(id).result.catch((error: unknown) => error)
  expect(resumed).not.toBeInstanceOf(ConflictFailure)
  expect(resumed).toMatchObject({ status: 'paused' })
})
