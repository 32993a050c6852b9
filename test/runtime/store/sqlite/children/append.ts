/** Appends COUNT events to RUN of FILE, one at a time, between those of others; prints `done`. */
import { appendAfterOthers } from '../append-after-others.ts'
import { sqliteStore } from '../../../../../src/runtime/store/sqlite/sqlite-store.ts'

const [file = '', run = '', writer = '', count = ''] = process.argv.slice(2)
const store = sqliteStore(file)
let after = 0
for (let index = 0; index < Number(count); index++) {
  after = await appendAfterOthers(store, run, `${writer} ${index}`, after)
}
await store.close()
console.log('done')
