import { describe, expect, test } from 'vitest'
import { crashAt } from '../support/crash-sweep.ts'
import type { CrashOutcome } from '../support/crash-sweep.ts'

const timeout = 120_000

/** What holds wherever a process dies. */
export function expectUndisturbed(outcome: CrashOutcome): void {
  expect(outcome.finalOutput).toBe('finished')
  const completed = outcome.atCrash.filter((event) => event.type === 'tool.completed')
  for (const call of completed) expect(outcome.bodies.get(`${call.turn}:${call.call_id}`)).toBe(1)
  const runs = [...outcome.bodies.values()].reduce((sum, count) => sum + count, 0)
  expect(runs).toBeLessThanOrEqual(4 + outcome.inDoubt)
  expect(outcome.bodies.size).toBe(4)
  expect(outcome.session.map((item) => (item as { type: string }).type)).toEqual([
    'message',
    ...['function_call', 'function_call', 'function_call_output', 'function_call_output'],
    ...['function_call', 'function_call', 'function_call_output', 'function_call_output'],
    'message',
  ])
  outcome.journal.forEach((event, index) => expect(event.seq).toBe(index + 1))
}

describe('kill -9', () => {
  test('before a call is journaled as started: its body has not run, and runs once', { timeout }, async () => {
    const outcome = await crashAt(3, 'before')
    expect(outcome.died).toBe(true)
    expectUndisturbed(outcome)
  })

  test('while a body runs: the call is in doubt, and a person says what happens', { timeout }, async () => {
    const outcome = await crashAt(3, 'after')
    expect(outcome.died).toBe(true)
    expect(outcome.inDoubt).toBe(1)
    expectUndisturbed(outcome)
  })

  test('after an approved body has run and is journaled: it never runs again', { timeout }, async () => {
    const outcome = await crashAt(0, 'before', 3)
    expectUndisturbed(outcome)
  })
})
