import { describe, expect, test } from 'vitest'
import { createTimeLimit, TimeLimitError } from '../../src/util/time-limit.ts'

describe('createTimeLimit', () => {
  const limit = createTimeLimit()

  test('gives the result of the task, and throws what it throws', () => {
    expect(limit(10_000, () => [1, 2])).toEqual([1, 2])
    expect(limit(10_000, () => undefined)).toBeUndefined()
    expect(() => limit(10_000, () => JSON.parse('{'))).toThrow(SyntaxError)
  })

  test('ends a loop and a regular expression', () => {
    expect(() => limit(50, () => forEver())).toThrow(TimeLimitError)
    expect(() => limit(50, () => /^(a+)+$/.test(`${'a'.repeat(60)}b`))).toThrow('took longer than 50 ms')
  })

  test('works on after a task was ended, and inside another task', () => {
    expect(() => limit(50, () => forEver())).toThrow(TimeLimitError)
    expect(limit(10_000, () => limit(10_000, () => 1) + 1)).toBe(2)
  })
})

function forEver(): never {
  for (;;) Math.random()
}
