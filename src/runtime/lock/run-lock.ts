/** The lock of a spec as a run keeps it, and what of it a segment begins with. */
import type { SpecLock } from '../../compiler/lock/spec-lock.ts'
import { mapValues } from '../../util/compact.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { AcceptedTool, RunLock } from '../state/mcp-tools.ts'

/** The hashes alone: what they are of is in the file, for people. */
export function runLock({ servers }: SpecLock): RunLock {
  return mapValues(servers, ({ tools }) => mapValues(tools, ({ hash }) => hash))
}

/** The lock that a run gets with a spec; nothing where it is not known: then the lock before holds. */
export function givenLock(spec: CompiledSpec | undefined): { readonly lock?: RunLock | null } {
  if (spec?.lock === undefined) return {}
  return { lock: spec.lock === null ? null : runLock(spec.lock) }
}

/** The drift that somebody has looked at and accepted before the segment. */
export function acceptedDrift(
  accepted: boolean | readonly AcceptedTool[] | undefined,
): readonly EventDraft[] {
  if (typeof accepted !== 'object' || accepted.length === 0) return []
  return [{ type: 'drift.accepted', tools: accepted }]
}
