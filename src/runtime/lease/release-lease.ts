/** Gives a lease back, also over a store that fails for a moment: this process lives on, so nobody may take it from it. */
import type { Clock } from '../ports.ts'
import type { Lease, RunStore } from '../store/run-store.ts'

/** Milliseconds before each further try. */
const PAUSES = [50, 500]

/** @throws StoreFailure when the store fails every time; then the lease is held until this process ends. */
export async function releaseLease(
  { store, clock }: { readonly store: RunStore; readonly clock: Clock },
  lease: Lease,
): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await store.releaseLease(lease)
    } catch {
      // The last try says what is wrong.
      await clock.sleep(pause)
    }
  }
  return store.releaseLease(lease)
}
