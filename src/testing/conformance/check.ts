/** What a conformance suite is made of. */

/**
 * One guarantee of a port, checked on a fresh implementation of it. `run` rejects with an `AssertionError` when it
 * does not hold.
 *
 * @example
 * for (const { name, run } of runStoreConformance(open)) test(name, run)
 */
export interface ConformanceCheck {
  readonly name: string
  run(): Promise<void>
}
