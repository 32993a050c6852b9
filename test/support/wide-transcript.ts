/** What of a run must be the same however often it was interrupted, and by what. */
import { foldJournal } from '../../src/runtime/state/apply.ts'
import type { JournalEvent } from '../../src/runtime/state/events.ts'

/** Items, output, context and usage; without ids, times, seqs and digests, which differ from run to run. */
export function transcriptOf(journal: readonly JournalEvent[]): unknown {
  const state = foldJournal(journal)
  const [root] = state.frames.values()
  const results = journal.flatMap((event) =>
    event.type === 'tool.completed' ? [`${event.call_id}: ${JSON.stringify(event.output)}`] : [],
  )
  const { context: __, final_output, usage, phase } = state
  return { phase, items: root?.items, results: results.toSorted(), final_output, requests: usage.requests }
}
