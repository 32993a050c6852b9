/** Kill -9 at every append of a run in SQLite. */
import { describe } from 'vitest'
import { sweep } from './kill-sweep.ts'

describe('kill -9 at every append of a run in SQLite', () => {
  sweep(async () => undefined)
})
