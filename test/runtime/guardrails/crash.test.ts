/** What tripped stays so, wherever the process died. */
import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import { GUARDED_RUNS } from '../documents/guarded-runs.ts'
import { asJson, KEY, makeRun, portsOver, runtimeOver, storeWith } from '../documents/support.ts'

const names = Object.keys(GUARDED_RUNS).filter((name) => name.startsWith('tripped'))

describe.each(names)('a run %s', (name) => {
  test('ends the same way from every moment of its life', async () => {
    const { runtime, run_id, spec } = await makeRun(name)
    const journal = await runtime.events(run_id)
    const { status, final_output, error } = await runtime.show(run_id)
    for (let length = 1; length < journal.length; length++) {
      const store = await storeWith(spec)
      const bundle = { session_items: [] }
      const moment = documentOf(journal.slice(0, length), { bundle })
      await importRun(portsOver(store), asJson(sealDocument(moment, KEY)))
      const elsewhere = runtimeOver(store)
      let result = await elsewhere.resume(run_id).result
      if (result.status === 'paused') {
        // The call had started and has no result: a person says to run it again.
        await elsewhere.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
        result = await elsewhere.resume(run_id).result
      }
      expect({ length, ...result }).toMatchObject({ length, status, final_output, error })
    }
  })
})
