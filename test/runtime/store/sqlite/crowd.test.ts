/** Many at once over one SQLite file. */
import { describe } from 'vitest'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { crowdTests } from '../crowd.ts'
import { temporaryFolder } from '../temporary-store.ts'

describe('on one SQLite file', () => {
  crowdTests(async () => {
    const folder = temporaryFolder()
    return {
      open: async () => sqliteStore(folder.file('runs.db'), { busyTimeout: 30_000 }),
      close: async () => folder[Symbol.dispose](),
    }
  })
})
