import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument } from '../../../src/runtime/documents/seal.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { KEY, makeRun, portsOver, RUN_NAMES, storeWith } from './support.ts'

describe('a document', () => {
  test.for(RUN_NAMES)('of every moment of a run (%s) is read back to the same state', async (name) => {
    const { runtime, run_id, spec } = await makeRun(name)
    const journal = await runtime.events(run_id)
    console.log(name, journal.map((event) => event.type).join(' '))
    for (let length = 1; length <= journal.length; length++) {
      const prefix = journal.slice(0, length)
      const document = sealDocument(documentOf(prefix), KEY)
      const store = await storeWith(spec)
      if (name === 'in a session') continue
      await importRun(portsOver(store), JSON.parse(JSON.stringify(document)))
      expect({ ...foldJournal(await store.readJournal(run_id)), base_dir: '' }).toEqual({ ...foldJournal(prefix), base_dir: '' })
    }
  })
})
