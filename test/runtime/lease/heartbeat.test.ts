/** A process that holds a lease says so every 5 s, with one timer, and is free to end. */
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHeartbeat } from '../../../src/runtime/lease/heartbeat.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { ask, startRun } from '../../../src/testing/conformance/run-store-suite.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const unexpected = (error: unknown): never => {
  throw error
}

test('the lease of a live process is heard of every 5 s until it is released', async () => {
  const store = memoryStore()
  await startRun(store, 'run_a')
  await ask(store, 'run_a', { by: 'one' })
  const start = Date.now()
  const lastBeat = async (): Promise<number> => ((await store.readRun('run_a'))?.holder?.beat_at ?? 0) - start
  const release = createHeartbeat(store, 'one', { onFailure: unexpected }).hold()
  expect(await lastBeat()).toBe(0)
  await vi.advanceTimersByTimeAsync(4_999)
  expect(await lastBeat()).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(await lastBeat()).toBe(5_000)
  await vi.advanceTimersByTimeAsync(27_000)
  expect(await lastBeat()).toBe(30_000)
  release()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await lastBeat()).toBe(30_000)
})

test('many leases share one timer, which stops with the last of them and starts again', () => {
  const heartbeat = createHeartbeat(memoryStore(), 'one', { onFailure: unexpected })
  const first = heartbeat.hold()
  const second = heartbeat.hold()
  expect(vi.getTimerCount()).toBe(1)
  first()
  first()
  expect(vi.getTimerCount()).toBe(1)
  second()
  expect(vi.getTimerCount()).toBe(0)
  const third = heartbeat.hold()
  expect(vi.getTimerCount()).toBe(1)
  third()
})

test('a beat that fails is reported, and the next one is tried', async () => {
  const failures: unknown[] = []
  const store = memoryStore()
  await store.close()
  const release = createHeartbeat(store, 'one', { onFailure: (error) => failures.push(error) }).hold()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(failures).toHaveLength(2)
  expect(failures[0]).toMatchObject({ code: 'store_error' })
  release()
})

test('a beat that hangs is not followed by another', async () => {
  let beats = 0
  const hanging = {
    heartbeat: (): Promise<void> => {
      beats += 1
      return new Promise(() => {})
    },
  }
  const release = createHeartbeat(hanging, 'one', { onFailure: unexpected }).hold()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(beats).toBe(1)
  release()
})

test('a process ends although it still holds a lease', () => {
  const heartbeat = new URL('../../../src/runtime/lease/heartbeat.ts', import.meta.url)
  const program = `
    import { createHeartbeat } from ${JSON.stringify(heartbeat.href)}
    createHeartbeat({ heartbeat: async () => {} }, 'one', { onFailure: () => {} }).hold()
    console.log('held')`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 15_000,
  })
  expect(output.toString().trim()).toBe('held')
})
