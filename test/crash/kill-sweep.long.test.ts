import { describe, expect, test } from 'vitest'
import { expectUndisturbed } from '../support/crash-expectations.ts'
import { crashAt } from '../support/crash-sweep.ts'

const timeout = 600_000

/** More appends than the run makes; the sweep ends at the first one it does not reach. */
const MOST_APPENDS = 30

describe('kill -9 at every append of a run', () => {
  for (const when of ['before', 'after'] as const) {
    test(`${when} it is durable, in the process that starts the run`, { timeout }, async () => {
      let inDoubt = 0
      for (let at = 1; at <= MOST_APPENDS; at++) {
        const outcome = await crashAt(at, when)
        if (!outcome.died) return expect(at).toBeGreaterThan(3)
        if (outcome.atCrash.length > 0) expectUndisturbed(outcome)
        inDoubt += outcome.inDoubt
      }
      expect(inDoubt).toBeGreaterThan(0)
    })

    test(`${when} it is durable, in the process that resumes it`, { timeout }, async () => {
      for (let at = 1; at <= MOST_APPENDS; at++) {
        const outcome = await crashAt(0, when, at)
        if (!outcome.died && outcome.journal.length === 0) return expect(at).toBeGreaterThan(3)
        expectUndisturbed(outcome)
      }
    })
  }
})
