/**
 * Group commit: the appends that are due in one tick of the event loop share one transaction, so that one round of messages
 * and one sync of the server's disk make all of them durable.
 */
import { setImmediate } from 'node:timers'
import type { EncodedBatch } from '../journal-batch.ts'
import type { AppendOutcome } from '../run-store.ts'
import { appendGroup } from './append-group.ts'
import type { GroupedOutcome } from './append-group.ts'
import type { Database } from './database.ts'

export interface GroupCommit {
  /** Appends with the next shared transaction; resolves once that is durable. */
  append(batch: EncodedBatch): Promise<AppendOutcome>
  /** Resolves once nothing waits any more and nothing is on its way. */
  settled(): Promise<void>
}

interface Job {
  readonly batch: EncodedBatch
  readonly settle: (outcome: GroupedOutcome) => void
  readonly fail: (error: unknown) => void
}

/** Most batches in one transaction: it holds the locks of all their runs. */
const MOST_BATCHES = 64

export function createGroupCommit(database: Database): GroupCommit {
  let waiting: Job[] = []
  const underWay = new Set<Promise<void>>()

  function flush(): void {
    while (waiting.length > 0) {
      const group = nextGroup(waiting)
      waiting = waiting.filter((job) => !group.includes(job))
      const done = run(database, group).finally(() => underWay.delete(done))
      underWay.add(done)
    }
  }

  return {
    append: (batch) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        const settle = (outcome: GroupedOutcome): void =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome)
        waiting.push({ batch, settle, fail: reject })
      }),
    async settled() {
      flush()
      await Promise.all(underWay)
    },
  }
}

/** Those in front, without a second one of a run or of a session: each sees what the one before it did. */
function nextGroup(waiting: readonly Job[]): readonly Job[] {
  const [runs, sessions] = [new Set<string>(), new Set<string>()]
  const group: Job[] = []
  for (const job of waiting) {
    const { run_id, session } = job.batch
    const isFree = !runs.has(run_id) && (session === null || !sessions.has(session.session_id))
    runs.add(run_id)
    if (session !== null) sessions.add(session.session_id)
    if (isFree) group.push(job)
    if (group.length === MOST_BATCHES) break
  }
  return group
}

/** Never rejects. */
async function run(database: Database, jobs: readonly Job[]): Promise<void> {
  // Set while the transaction may have been committed: what is done again then may be done twice.
  let isDecided = false
  try {
    const outcomes = await database.write(async (query) => {
      isDecided = false
      const grouped = await appendGroup(
        query,
        jobs.map((job) => job.batch),
      )
      isDecided = true
      return grouped
    })
    outcomes.forEach((outcome, index) => jobs[index]?.settle(outcome))
  } catch (error) {
    if (isDecided || jobs.length === 1) return jobs.forEach((job) => job.fail(error))
    // One batch that the database refuses is no reason to refuse the others.
    await Promise.all(jobs.map((job) => run(database, [job])))
  }
}
