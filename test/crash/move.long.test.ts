/** A run moves to another store from each of its events. */
import { expect, test } from 'vitest'
import { expectMovable, undisturbedJournal } from './move-anywhere.ts'

test('a run that is interrupted at any event and moved ends as one that was not', async () => {
  const undisturbed = await undisturbedJournal()
  expect(undisturbed.length).toBeGreaterThan(50)
  for (let limit = 1; limit <= undisturbed.length; limit++) await expectMovable(limit, undisturbed)
})
