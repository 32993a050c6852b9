/** A run moves to another store from wherever it is; the long tests move it from every event. */
import { expect, test } from 'vitest'
import { expectMovable, undisturbedJournal } from './move-anywhere.ts'

/** Not a divisor of anything in the run. */
const STEP = 11

test(
  'a run that is interrupted at an event and moved ends as one that was not',
  { timeout: 60_000 },
  async () => {
    const undisturbed = await undisturbedJournal()
    expect(undisturbed.length).toBeGreaterThan(50)
    for (let limit = 1; limit <= undisturbed.length; limit += STEP) await expectMovable(limit, undisturbed)
  },
)
