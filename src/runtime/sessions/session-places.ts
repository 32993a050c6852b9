/** Finds and opens the sessions of specs, each store once, and closes what it opened. */
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { RunStore } from '../store/run-store.ts'
import type { SpecSessions } from './spec-sessions.ts'

export interface SessionPlaces {
  /** Where the sessions of a spec live. */
  of(spec: LinkedSpec): Promise<SpecSessions>
  /** Closes the stores that were opened for specs; the run store is not touched. */
  close(): Promise<void>
}

/** The run store keeps the sessions of every spec. */
export function createSessionPlaces(store: RunStore): SessionPlaces {
  const beside: SpecSessions = { place: 'run_store', url: store.url, store: store.sessions }
  return {
    of: async () => beside,
    close: async () => {},
  }
}
