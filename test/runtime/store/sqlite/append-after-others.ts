/** An append that goes on until it lands, as writers from outside do it. */
import type { RunStore } from '../../../../src/runtime/store/run-store.ts'
import { addedInput, journalBatch } from '../../../../src/testing/conformance/run-store-suite.ts'

/** Appends one event with `text` after whatever others append; `after` is the last seq known. Returns its seq. */
export async function appendAfterOthers(
  store: RunStore,
  run: string,
  text: string,
  after: number,
): Promise<number> {
  let last = after
  for (;;) {
    const outcome = await store.append(journalBatch(run, last, { events: [addedInput(run, last + 1, text)] }))
    if (outcome.ok) return last + 1
    if (outcome.why === 'fenced') throw new Error('an append without a lease was fenced')
    last += outcome.events.length
  }
}
