/** Finds a spec of the archive by its hash. */
import { UsageFailure } from '../../runtime/failures.ts'
import type { RunStore } from '../../runtime/store/run-store.ts'

/**
 * The whole hash.
 *
 * @param written The beginning of it, with or without `sha256:`.
 * @throws UsageFailure `unknown_spec`, `ambiguous_spec`.
 */
export async function findSpec(store: RunStore, written: string): Promise<string> {
  const specs = await store.listSpecs()
  const prefix = written.startsWith('sha256:') ? written : `sha256:${written}`
  const found = specs.filter((spec) => spec.hash.startsWith(prefix)).map((spec) => spec.hash)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  if (only === undefined) {
    throw new UsageFailure(
      'unknown_spec',
      `There is no spec ${written} in ${store.url}`,
      'agentspec specs list shows them',
    )
  }
  throw new UsageFailure('ambiguous_spec', `${found.length} hashes begin with ${written}`, found.join(', '))
}
