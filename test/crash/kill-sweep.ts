/** Kill -9 before and after every append of a run, in a store of a kind. */
import { expect, test } from 'vitest'
import { crashAt, expectUndisturbed } from './crash-sweep.ts'

/** More appends than the run makes; the sweep ends at the first one it does not reach. */
const MOST_APPENDS = 60

/** @param freshStore the URL of an empty store for each run; undefined: a SQLite file of its own */
export function sweep(freshStore: () => Promise<string | undefined>): void {
  test.each(['before', 'after'] as const)('%s it is durable', { timeout: 600_000 }, async (when) => {
    const undisturbed = await crashAt({ at: 0, when }, { store: await freshStore() })
    const inDoubt = new Set<string>()
    for (let at = 1; at <= MOST_APPENDS; at++) {
      const outcome = await crashAt({ at, when }, { store: await freshStore() })
      expectUndisturbed(outcome, undisturbed)
      for (const callId of outcome.inDoubt) inDoubt.add(callId)
      if (outcome.died) continue
      expect(at).toBeGreaterThan(25)
      // Which of two that end together is first differs from run to run, but not that bodies were in doubt.
      return expect(inDoubt.size).toBeGreaterThan(3)
    }
    throw new Error('the run makes more appends than that')
  })
}
