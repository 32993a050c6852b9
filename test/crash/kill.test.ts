import { describe, expect, test } from 'vitest'
import { expectUndisturbed } from '../support/crash-expectations.ts'
import { crashAt } from '../support/crash-sweep.ts'

const timeout = 120_000

describe('kill -9', () => {
  test(
    'before a call is journaled as started: its body has not run, and runs once',
    { timeout },
    async () => {
      const outcome = await crashAt({ first: 3, when: 'before' })
      expect(outcome.died).toBe(true)
      expectUndisturbed(outcome)
    },
  )

  test('while a body runs: the call is in doubt, and a person says what happens', { timeout }, async () => {
    const outcome = await crashAt({ first: 3, when: 'after' })
    expect(outcome.died).toBe(true)
    expect(outcome.inDoubt).toBe(1)
    expectUndisturbed(outcome)
  })

  test('after an approved body has run and is journaled: it never runs again', { timeout }, async () => {
    const outcome = await crashAt({ first: 0, second: 3, when: 'before' })
    expectUndisturbed(outcome)
  })
})
