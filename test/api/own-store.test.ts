/** A store of one's own, as docs/stores.md shows it: it keeps what the port promises, and runs go on from it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRunner } from '../../src/index.ts'
import { runStoreConformance } from '../../src/testing.ts'
import { jsonLinesStore } from '../support/json-lines-store.ts'
import { program } from '../support/program.ts'
import { SOURCE, call, write } from '../support/runs.ts'
import { temporaryFolder } from '../runtime/store/temporary-store.ts'

describe('the store of the example', () => {
  const checks = runStoreConformance(async () => {
    const folder = temporaryFolder()
    return {
      store: await jsonLinesStore(folder.file('runs.jsonl')),
      close: async () => folder[Symbol.dispose](),
    }
  })
  test.each(checks.map(({ name, run }) => [name, run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

test('a run that waits in it goes on after it was opened again', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.jsonl')
  const spec = program({
    script: [call('write', { n: 1 }), { text: 'Done' }],
    tools: [write],
    source: SOURCE,
  })
  const before = await createRunner(spec, { store: await jsonLinesStore(file) })
  const { run_id: id, status } = await before.run('Go', { session: 's' })
  await before[Symbol.asyncDispose]()
  expect(status).toBe('paused')
  await using after = await createRunner(spec, { store: await jsonLinesStore(file) })
  await after.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
  expect(await after.resume(id)).toMatchObject({ status: 'completed', final_output: 'Done' })
  expect((await after.runtime.store.sessions.read('s')).items).toHaveLength(4)
})

test('the documentation shows this very code', () => {
  const folder = new URL('../../', import.meta.url)
  const text = (path: string): string => readFileSync(new URL(path, folder), 'utf8')
  const source = text('test/support/json-lines-store.ts').replaceAll("'../../src/index.ts'", "'agentspec'")
  expect(text('docs/stores.md')).toContain(source.slice(source.indexOf('import ')))
})
