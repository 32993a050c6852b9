/** Every run store keeps the promises of the port. */
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { memorySessions, runStoreConformance, sessionStoreConformance } from '../../../src/testing.ts'
import { openTemporaryStore } from './temporary-store.ts'

describe('a store in memory', () => {
  const checks = runStoreConformance(async () => ({ store: memoryStore(), close: async () => {} }))
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

describe('a store in SQLite', () => {
  const checks = runStoreConformance(openTemporaryStore)
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

describe('sessions in memory', () => {
  const checks = sessionStoreConformance(async () => ({ store: memorySessions(), close: async () => {} }))
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
