/** What every run store guarantees of its archive of specs. */
import assert from 'node:assert/strict'
import type { ArchivedSpec } from '../../runtime/store/run-store.ts'
import { assertLanded, journalBatch, letTimePass, startRun } from './run-store-suite.ts'
import type { RunStoreChecks } from './run-store-suite.ts'

const archived = (name: string, changes: Partial<ArchivedSpec> = {}): ArchivedSpec => ({
  hash: `sha256:${name}`,
  name,
  version: '1.0.0',
  program: `{"name":"${name}","text":"Käse 🧀\\n"}`,
  sources: { 'desk.yaml': 'name: desk\n# Käse\n', 'agents/a.yaml': '' },
  ...changes,
})

const used = (name: string): { readonly spec: { name: string; version: string; hash: string } } => ({
  spec: { name, version: '1.0.0', hash: `sha256:${name}` },
})

export const SPEC_CHECKS: RunStoreChecks = {
  'a spec comes back byte for byte': async ({ store }) => {
    await store.archiveSpec(archived('one'))
    assert.deepEqual(await store.readSpec('sha256:one'), archived('one'))
    assert.equal(await store.readSpec('sha256:two'), null)
  },

  'a spec that is archived again is one entry, as it was first': async ({ store }) => {
    await store.archiveSpec(archived('one'))
    await Promise.all([
      store.archiveSpec(archived('one', { sources: {} })),
      store.archiveSpec(archived('one')),
    ])
    assert.equal((await store.listSpecs()).length, 1)
    assert.deepEqual(await store.readSpec('sha256:one'), archived('one'))
  },

  'specs are listed newest first, with the number of runs that use them': async ({ store }) => {
    await store.archiveSpec(archived('one'))
    await letTimePass()
    await store.archiveSpec(archived('two'))
    await startRun(store, 'run_a', used('one'))
    await startRun(store, 'run_b', used('one'))
    const listed = await store.listSpecs()
    assert.deepEqual(
      listed.map(({ hash, name, version, runs }) => ({ hash, name, version, runs })),
      [
        { hash: 'sha256:two', name: 'two', version: '1.0.0', runs: 0 },
        { hash: 'sha256:one', name: 'one', version: '1.0.0', runs: 2 },
      ],
    )
    for (const { first_seen } of listed) assert.equal(new Date(first_seen).toISOString(), first_seen)
  },

  'only specs that no run uses are collected': async ({ store }) => {
    await store.archiveSpec(archived('one'))
    await store.archiveSpec(archived('two'))
    await startRun(store, 'run_a', used('one'))
    assert.deepEqual(await store.collectSpecs(), ['sha256:two'])
    assert.equal(await store.readSpec('sha256:two'), null)
    assert.deepEqual(await store.readSpec('sha256:one'), archived('one'))
    assert.deepEqual(await store.collectSpecs(), [])
    await store.removeRun('run_a')
    assert.deepEqual(await store.collectSpecs(), ['sha256:one'])
  },

  'a spec that a run has moved on from is kept: its earlier events need it': async ({ store }) => {
    await store.archiveSpec(archived('one'))
    await store.archiveSpec(archived('two'))
    await startRun(store, 'run_a', used('one'))
    assertLanded(await store.append(journalBatch('run_a', 1, { record: used('two') })))
    assert.deepEqual(await store.collectSpecs(), [])
    assert.deepEqual(
      (await store.listSpecs()).map((spec) => spec.runs),
      [1, 1],
    )
  },
}
