/** Runs cases side by side, and tells their outcomes in order. */
import type { TestOutcome } from './outcome.ts'
import type { TestCase } from './prepare-tests.ts'

/** Outcomes in the order of the cases, each as soon as those before it are known. `most`: at once. */
export async function* runCases(
  cases: readonly TestCase[],
  most: number,
): AsyncGenerator<TestOutcome, void, void> {
  const outcomes = cases.map(() => Promise.withResolvers<TestOutcome>())
  // Whoever stops listening is not told of the rest.
  for (const { promise } of outcomes) promise.catch(() => {})
  const waiting = cases.entries()
  const work = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      await runCase(one).then(outcomes[index]?.resolve, outcomes[index]?.reject)
    }
  }
  const workers = Promise.all(Array.from({ length: Math.max(1, most) }, work))
  for (const { promise } of outcomes) yield await promise
  await workers
}

async function runCase({ file, name, kind, run }: TestCase): Promise<TestOutcome> {
  const started = performance.now()
  const failures = await run()
  const duration = Math.round(performance.now() - started)
  return { file, name, kind, passed: failures.length === 0, duration_ms: duration, failures }
}
