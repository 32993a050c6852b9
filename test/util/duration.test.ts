import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/util/duration.ts'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1.5m', 90_000],
    ['72h', 259_200_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    ['10', 10_000],
    [10, 10_000],
    [0.5, 500],
    [0, 0],
  ])('%s is %d ms', (written, expected) => {
    expect(parseDuration(written)).toBe(expected)
  })

  test.each([
    ['-1s'],
    [''],
    ['s'],
    ['10 s'],
    ['10S'],
    ['1h30m'],
    ['1e3'],
    ['1.s'],
    ['9'.repeat(400)],
    [-1],
    [NaN],
    [Infinity],
  ])('%s is not a duration', (written) => {
    expect(parseDuration(written)).toBeUndefined()
  })

  test.each([[null], [undefined], [true], [['10s']]])('%s is not a duration', (written) => {
    expect(parseDuration(written)).toBeUndefined()
  })
})

test.each([
  [0, '0ms'],
  [1500, '1500ms'],
  [5000, '5s'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [259_200_000, '72h'],
  [864_000_000, '10d'],
])('%i milliseconds are written %s', (duration, written) => {
  expect(formatDuration(duration)).toBe(written)
  expect(parseDuration(written)).toBe(duration)
})
