/** Makes the portable document of a journal. */
import { invariant } from '../../util/invariant.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { resultOf } from '../run-result.ts'
import { foldJournal } from '../state/apply.ts'
import type { JournalEvent } from '../state/events.ts'
import type { SessionRange } from '../state/session-range.ts'
import type { StateDocument } from './state-document.ts'

/** What `bundle` adds to a document. */
export type Bundle = Pick<StateDocument, 'program' | 'sources' | 'session_items'>

/** A document without seal. `driven`: a live process drives the run. */
export function documentOf(
  journal: readonly JournalEvent[],
  options: { readonly driven?: boolean; readonly bundle?: Bundle } = {},
): StateDocument {
  const events = journal.map(portable)
  const state = foldJournal(events)
  const { run_id, spec, status, interruptions } = resultOf(state, options.driven ?? false)
  return { schema_version: 1, run_id, spec, status, interruptions, journal: events, ...options.bundle }
}

/**
 * The event without what is where on this machine. `distrusted_upto` stays: what an import did not trust must not become
 * trusted by being exported under our seal. Lone surrogates become U+FFFD, so that every document has canonical bytes.
 */
export function portable(event: JournalEvent): JournalEvent {
  switch (event.type) {
    case 'run.started':
    case 'run.resumed':
    case 'run.migrated': {
      const { base_dir: _folder, spec_file: _file, ...rest } = event
      return wellFormedJson(rest)
    }
    default:
      return wellFormedJson(event)
  }
}

/** A journal whose run refers to another stretch of its session. */
export function withSession(
  journal: readonly JournalEvent[],
  session: SessionRange | null,
): readonly JournalEvent[] {
  const [first, ...rest] = journal
  invariant(first?.type === 'run.started', 'a journal begins with run.started')
  return [{ ...first, session }, ...rest]
}

/** A journal that came in from outside and nobody vouches for: nothing decided in it counts. */
export function distrusted(journal: readonly JournalEvent[]): readonly JournalEvent[] {
  const [first, ...rest] = journal
  invariant(first?.type === 'run.started', 'a journal begins with run.started')
  return [{ ...first, distrusted_upto: journal.length }, ...rest]
}
