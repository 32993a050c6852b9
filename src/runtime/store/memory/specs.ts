/** The archive of specs in memory. */
import type { ArchivedSpec, ListedSpec } from '../run-store.ts'

export interface SpecTable {
  archive(spec: ArchivedSpec): void
  read(hash: string): ArchivedSpec | null
  /** Newest first; `users` are the hashes that runs use, once for each run. */
  list(users: Iterable<string>): readonly ListedSpec[]
  /** Removes what is not among `users`; returns the hashes. */
  collect(users: Iterable<string>): readonly string[]
}

interface StoredSpec {
  readonly spec: ArchivedSpec
  readonly firstSeen: string
}

export function createSpecTable(now: () => number): SpecTable {
  const specs = new Map<string, StoredSpec>()
  return {
    archive(spec) {
      if (specs.has(spec.hash)) return
      const { hash, name, version, program } = spec
      const sources = Object.freeze({ ...spec.sources })
      specs.set(hash, {
        spec: Object.freeze({ hash, name, version, program, sources }),
        firstSeen: new Date(now()).toISOString(),
      })
    },
    read: (hash) => specs.get(hash)?.spec ?? null,
    list(users) {
      const counts = Map.groupBy(users, (hash) => hash)
      const listed = [...specs.values()].map(({ spec: { hash, name, version }, firstSeen }) => ({
        hash,
        name,
        version,
        first_seen: firstSeen,
        runs: counts.get(hash)?.length ?? 0,
      }))
      return listed.reverse()
    },
    collect(users) {
      const used = new Set(users)
      const unused = [...specs.keys()].filter((hash) => !used.has(hash))
      for (const hash of unused) specs.delete(hash)
      return unused
    },
  }
}
