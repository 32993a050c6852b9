/** A run store whose n-th call fails, once: before it did anything, or after it had done it. */
import { StoreFailure } from '../../src/runtime/failures.ts'
import type { Lease, RunStore } from '../../src/runtime/store/run-store.ts'

export type FaultTime = 'before' | 'after'

export interface FaultyStore {
  readonly store: RunStore
  /** True once the call was reached. */
  readonly failed: () => boolean
  /** What the death of the process would do: its leases are free. */
  releaseAll(): Promise<void>
}

/** `inner` stays usable, as by another process. */
export function faultyStore(inner: RunStore, n: number, time: FaultTime): FaultyStore {
  let calls = 0
  const held: Lease[] = []
  const failing =
    <Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls += 1
      const isFault = calls === n
      const fault = new StoreFailure(`call ${n} failed ${time} it was done`)
      if (isFault && time === 'before') throw fault
      const value = await call(...args)
      if (isFault) throw fault
      return value
    }
  const { sessions } = inner
  const store: RunStore = {
    url: inner.url,
    append: failing(inner.append),
    readJournal: failing(inner.readJournal),
    readRun: failing(inner.readRun),
    findRuns: failing(inner.findRuns),
    listRuns: failing(inner.listRuns),
    removeRun: failing(inner.removeRun),
    acquireLease: failing(async (request) => {
      const grant = await inner.acquireLease(request)
      if (grant.ok) held.push(grant.lease)
      return grant
    }),
    releaseLease: failing(inner.releaseLease),
    heartbeat: inner.heartbeat,
    archiveSpec: failing(inner.archiveSpec),
    readSpec: failing(inner.readSpec),
    listSpecs: failing(inner.listSpecs),
    collectSpecs: failing(inner.collectSpecs),
    sessions: {
      append: failing(sessions.append),
      read: failing(sessions.read),
      readRange: failing(sessions.readRange),
      list: failing(sessions.list),
      clear: failing(sessions.clear),
      remove: failing(sessions.remove),
    },
    close: async () => {},
  }
  return {
    store,
    failed: () => calls >= n,
    releaseAll: async () => {
      for (const lease of held) await inner.releaseLease(lease)
    },
  }
}
