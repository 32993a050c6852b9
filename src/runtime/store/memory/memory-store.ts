/** A run store in memory, gone with the process: for tests, and for `memory:`. */
import { overTable } from '../../sessions/memory-sessions.ts'
import { createSessionTable } from '../../sessions/session-table.ts'
import { StoreFailure } from '../../failures.ts'
import { encodeBatch } from '../journal-batch.ts'
import type { EncodedBatch } from '../journal-batch.ts'
import type { AppendOutcome, ListedRun, RunRecord, RunStore } from '../run-store.ts'
import { createLeaseTable } from './leases.ts'
import { createRunTable } from './runs.ts'
import { createSpecTable } from './specs.ts'

/** A store that keeps nothing on disk. `now` is its clock, in milliseconds since the epoch. */
export function memoryStore(options: { readonly now?: () => number } = {}): RunStore {
  const now = options.now ?? Date.now
  const runs = createRunTable()
  const leases = createLeaseTable(now)
  const specs = createSpecTable(now)
  const sessions = createSessionTable(now)
  let closed = false

  async function use<T>(work: () => T): Promise<T> {
    if (closed) throw new StoreFailure('The store in memory was closed by this process already.')
    return work()
  }

  function withHolder(record: RunRecord): ListedRun {
    return { ...record, holder: leases.holderOf(record.run_id) }
  }

  function append(batch: EncodedBatch): AppendOutcome {
    if (batch.lease !== null && !leases.isHeld(batch.lease)) return { ok: false, why: 'fenced' }
    const missed = runs.missedBy(batch)
    if (missed !== null) return { ok: false, why: 'behind', events: missed }
    runs.append(batch)
    if (batch.session !== null) sessions.append(batch.session)
    return { ok: true }
  }

  return {
    url: 'memory:',
    append: (batch) => use(() => append(encodeBatch(batch))),
    readJournal: (runId, after = 0) => use(() => runs.readJournal(runId, after)),
    readRun: (runId) =>
      use(() => {
        const record = runs.read(runId)
        return record === null ? null : withHolder(record)
      }),
    findRuns: (prefix) => use(() => runs.find(prefix).map(withHolder)),
    listRuns: (filter = {}) => use(() => runs.list(filter).map(withHolder)),
    removeRun: (runId) =>
      use(() => {
        leases.remove(runId)
        return runs.remove(runId)
      }),
    acquireLease: (request) => use(() => leases.acquire(request)),
    releaseLease: (lease) => use(() => leases.release(lease)),
    heartbeat: (driverId) => use(() => leases.heartbeat(driverId)),
    archiveSpec: (spec) => use(() => specs.archive(spec)),
    readSpec: (hash) => use(() => specs.read(hash)),
    listSpecs: () => use(() => specs.list(runs.specHashes())),
    collectSpecs: () => use(() => specs.collect(runs.specHashes())),
    sessions: overTable(sessions, use),
    async close() {
      closed = true
    },
  }
}
