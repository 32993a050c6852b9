/** Keeps the specs that runs start on in the store. */
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { ArchivedSpec, RunStore } from '../store/run-store.ts'
import { archivedSpec } from './archived-spec.ts'

export interface SpecArchive {
  /** Durable when it resolves. Every run asks; a spec in use is serialized once. */
  keep(spec: CompiledSpec): Promise<void>
}

export function createSpecArchive(store: RunStore): SpecArchive {
  const archived = new WeakMap<CompiledSpec, ArchivedSpec>()
  return {
    keep(spec) {
      const known = archived.get(spec) ?? archivedSpec(spec)
      archived.set(spec, known)
      return store.archiveSpec(known)
    },
  }
}
