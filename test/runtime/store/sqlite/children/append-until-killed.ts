/** Drives 20 runs of FILE at once until it is killed; prints `RUN SEQ` for each append that was acknowledged. */
import { writeSync } from 'node:fs'
import { sqliteStore } from '../../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { journalBatch, take } from '../../../../../src/testing/conformance/run-store-suite.ts'

const [file = ''] = process.argv.slice(2)
const store = sqliteStore(file)

async function drive(run: string): Promise<void> {
  const lease = await take(store, run, { by: 'driver' })
  for (let seq = 0; ; seq += 2) {
    const items = [{ type: 'message', role: 'user', content: `${run} ${seq}` }]
    const session = { session_id: run, operation: `${run}:${seq + 2}`, items, last_agent: 'desk' }
    const outcome = await store.append(journalBatch(run, seq, { count: 2, lease, session }))
    if (!outcome.ok) throw new Error(outcome.why)
    writeSync(1, `${run} ${seq + 2}\n`)
  }
}

await Promise.all(Array.from({ length: 20 }, (_, index) => drive(`run_${index}`)))
