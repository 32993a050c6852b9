/** The test that a share of the broken specs makes. */
import { expect } from 'vitest'
import { MOST_MILLISECONDS, runCampaign } from './campaign.ts'

/** Cases of one run of `npm run test:long`; half of them in each of two files, which run side by side. */
export const SHARE = 50_000

/** What the heap may grow by, whatever the number of cases. */
const MOST_GROWTH = 64 * 1024 * 1024

/** Compiles the cases of one share; prints the slowest, and all that is needed to see a failure again. */
export async function expectSoundCompiler(first: number): Promise<void> {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  expect(Number.isSafeInteger(seed), 'FUZZ_SEED is a whole number').toBe(true)
  const report = await runCampaign({ seed, first, count: SHARE })
  const { failures, compiled, unreadable, slowest, heap, codes } = report
  const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
  console.log(
    `fuzz: seed ${seed}, cases ${first} to ${first + SHARE - 1}: ${compiled} compiled, ${unreadable} not even YAML, ` +
      `${codes.size} codes; slowest: case ${slowest.index}, ${slowest.milliseconds.toFixed(0)} ms for ` +
      `${slowest.characters} characters; heap: ${megabytes(heap.early)}, then ${megabytes(heap.late)}`,
  )
  expect(failures.join('\n\n')).toBe('')
  expect(slowest.milliseconds).toBeLessThan(MOST_MILLISECONDS)
  expect(heap.late - heap.early).toBeLessThan(MOST_GROWTH)
  // The cases are worth something only when they reach every part of the compiler.
  expect(compiled).toBeGreaterThan(SHARE / 50)
  expect(SHARE - unreadable).toBeGreaterThan(SHARE / 3)
  expect(codes.size).toBeGreaterThan(60)
}
