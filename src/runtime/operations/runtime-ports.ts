/** What every operation of the runtime works with; wired once, by `createRuntime`. */
import type { SpecLinker } from '../link/link-spec.ts'
import type { Heartbeat } from '../lease/heartbeat.ts'
import type { Clock, IdSource } from '../ports.ts'
import type { SessionPlaces } from '../sessions/session-places.ts'
import type { RunTracing } from '../tracing/run-observer.ts'
import type { Holder, HolderRecord, RunStore } from '../store/run-store.ts'
import type { SensitiveValues } from '../redaction/sensitive-context.ts'
import type { SpecArchive } from './spec-archive.ts'

export interface RuntimePorts {
  readonly store: RunStore
  readonly clock: Clock
  /** Told of what a user should know and no run fails for. */
  readonly warn: (message: string) => void
  readonly ids: IdSource
  readonly linker: SpecLinker
  readonly holder: Holder
  readonly specs: SpecArchive
  readonly sessionPlaces: SessionPlaces
  readonly isGone: (holder: HolderRecord, now: number) => boolean
  readonly heartbeat: Heartbeat
  readonly tracing: RunTracing
  /** Of the real environment: seals and unseals state documents. */
  readonly stateKey: string | null
  /** The user's own config says `approvals: ask`. */
  readonly userAsks: boolean
  readonly sensitive: SensitiveValues
}
