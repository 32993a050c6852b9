/** Asks for the leases of COUNT runs of FILE as DRIVER; prints the runs it got, as JSON. */
import { sqliteStore } from '../../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { ask } from '../../../../../src/testing/conformance/run-store-suite.ts'

const [file = '', driver = '', count = ''] = process.argv.slice(2)
const store = sqliteStore(file)
const granted: string[] = []
for (let index = 0; index < Number(count); index++) {
  const grant = await ask(store, `run_${index}`, { by: driver, session: `session_${Math.floor(index / 2)}` })
  if (grant.ok) granted.push(grant.lease.run_id)
}
await store.close()
console.log(JSON.stringify(granted))
