/** Opens FILE and starts one run in it; prints its id, or the failure as JSON. */
import { StoreFailure } from '../../../../../src/runtime/failures.ts'
import { sqliteStore } from '../../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { startRun } from '../../../../../src/testing/conformance/run-store-suite.ts'

const [file = ''] = process.argv.slice(2)
const run = `run_${process.pid}`
try {
  const store = sqliteStore(file)
  await startRun(store, run)
  await store.close()
  console.log(run)
} catch (error) {
  if (!(error instanceof StoreFailure)) throw error
  console.log(JSON.stringify({ message: error.message, hint: error.hint }))
}
