/** What holds wherever a process dies. */
import { expect } from 'vitest'
import type { CrashOutcome } from './crash-sweep.ts'

const TURN = ['function_call', 'function_call', 'function_call_output', 'function_call_output']

/** The run came to its end, no journaled result was computed twice, and the session has each item once. */
export function expectUndisturbed(outcome: CrashOutcome): void {
  expect(outcome.finalOutput).toBe('finished')
  const completed = outcome.atCrash.filter((event) => event.type === 'tool.completed')
  for (const call of completed) expect(outcome.bodies.get(`${call.turn}:${call.call_id}`)).toBe(1)
  const runs = [...outcome.bodies.values()].reduce((sum, count) => sum + count, 0)
  expect(runs).toBeLessThanOrEqual(4 + outcome.inDoubt)
  expect(outcome.bodies.size).toBe(4)
  expect(outcome.session.map((item) => (item as { type: string }).type)).toEqual([
    'message',
    ...TURN,
    ...TURN,
    'message',
  ])
  outcome.journal.forEach((event, index) => expect(event.seq).toBe(index + 1))
}
