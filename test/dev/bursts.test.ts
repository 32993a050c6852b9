import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBursts } from '../../src/dev/bursts.ts'

describe('the end of a burst', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const never = new AbortController().signal

  function start(): { readonly knock: () => void; readonly ends: () => number; readonly listen: () => void } {
    const bursts = createBursts({ quietMs: 50, longestMs: 200 })
    let ends = 0
    const listen = (): void => void bursts.nextEnd(never).then(() => ends++)
    return { knock: bursts.knock, ends: () => ends, listen }
  }

  test('comes when it has been quiet for long enough', async () => {
    const { knock, ends, listen } = start()
    listen()
    for (const wait of [0, 49, 49]) {
      await vi.advanceTimersByTimeAsync(wait)
      knock()
    }
    await vi.advanceTimersByTimeAsync(49)
    expect(ends()).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(ends()).toBe(1)
  })

  test('comes at the latest when the longest time is over', async () => {
    const { knock, ends, listen } = start()
    listen()
    for (let at = 0; at < 200; at += 20) {
      knock()
      expect(ends()).toBe(0)
      await vi.advanceTimersByTimeAsync(20)
    }
    expect(ends()).toBe(1)
  })

  test('is not missed by who listens later, and is told once', async () => {
    const { knock, ends, listen } = start()
    knock()
    await vi.advanceTimersByTimeAsync(50)
    listen()
    await vi.advanceTimersByTimeAsync(0)
    expect(ends()).toBe(1)
    listen()
    await vi.advanceTimersByTimeAsync(1000)
    expect(ends()).toBe(1)
  })

  test('is not waited for once that is aborted, before or after', async () => {
    const stop = new AbortController()
    const waiting = createBursts({ quietMs: 50, longestMs: 200 }).nextEnd(stop.signal)
    stop.abort()
    await expect(waiting).resolves.toBeUndefined()
    const bursts = createBursts({ quietMs: 50, longestMs: 200 })
    await expect(bursts.nextEnd(stop.signal)).resolves.toBeUndefined()
  })
})
