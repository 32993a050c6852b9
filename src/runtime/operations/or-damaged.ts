/** Operations on one run, whose data may be damaged: then that is said, not what breaks because of it. */
import { ConflictFailure, ModelFailure, RunFailure, StoreFailure, UsageFailure } from '../failures.ts'
import type { RunStore } from '../store/run-store.ts'

/** @throws StoreFailure in place of an error that nobody expected, when the journal of the run is damaged. */
export async function orDamaged<T>(store: RunStore, runId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw await damageOr(store, runId, error)
  }
}

/** The same for what is iterated. */
export async function* eachOrDamaged<T, R>(
  store: RunStore,
  runId: string,
  source: AsyncGenerator<T, R>,
): AsyncGenerator<T, R> {
  try {
    return yield* source
  } catch (error) {
    throw await damageOr(store, runId, error)
  }
}

async function damageOr(store: RunStore, runId: string, error: unknown): Promise<unknown> {
  if (FAILURES.some((Failure) => error instanceof Failure)) return error
  if (!(error instanceof Error) || error.name === 'AbortError') return error
  try {
    const { damageOf } = await import('../documents/damage.ts')
    return (await damageOf(store, runId)) ?? error
  } catch (failure) {
    // The store itself cannot be read any more: that comes first.
    return failure instanceof StoreFailure ? failure : error
  }
}

/** What a caller is meant to see as it is. */
const FAILURES = [ConflictFailure, ModelFailure, RunFailure, StoreFailure, UsageFailure] as const
