/** A run as one portable document: its journal, what it needs to be understood, and a seal that proves its origin. */
import type { JsonObject } from '../../util/json.ts'
import type { RunStatus } from '../run-result.ts'
import type { Interruption, JournalEvent, SpecReference } from '../state/events.ts'
import type { Item } from '../state/item.ts'

export interface Seal {
  readonly alg: 'HMAC-SHA256'
  /** The first 16 hexadecimal digits of the SHA-256 of the key: names it without telling it. */
  readonly key_id: string
  /** Hexadecimal, over the RFC 8785 bytes of the document without `seal`. */
  readonly mac: string
}

export interface StateDocument {
  readonly schema_version: 1
  readonly run_id: string
  readonly spec: SpecReference
  readonly status: RunStatus
  readonly interruptions: readonly Interruption[]
  readonly journal: readonly JournalEvent[]
  /** With `bundle`: the Program the run is pinned to, its YAML texts, and the session items it refers to. */
  readonly program?: JsonObject
  readonly sources?: Readonly<Record<string, string>>
  readonly session_items?: readonly Item[]
  readonly seal?: Seal
}
