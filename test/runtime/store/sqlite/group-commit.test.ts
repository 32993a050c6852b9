/** Writes that are due together share a transaction, and none of them suffers from another. */
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createGroupCommit } from '../../../../src/runtime/store/sqlite/group-commit.ts'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import {
  addedInput,
  ask,
  journalBatch,
  startRun,
} from '../../../../src/testing/conformance/run-store-suite.ts'
import { temporaryFolder } from '../temporary-store.ts'
import { countCommits } from './wal.ts'

test('appends of one tick are one transaction', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file)
  await startRun(store, 'run_first')
  const before = countCommits(file)
  await Promise.all(Array.from({ length: 25 }, (_, index) => startRun(store, `run_${index}`)))
  expect(countCommits(file) - before).toBe(1)
  expect(await store.listRuns()).toHaveLength(26)
  await startRun(store, 'run_last')
  expect(countCommits(file) - before).toBe(2)
  await store.close()
})

test('leases of one tick are one transaction, granted in the order of the requests', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file)
  await startRun(store, 'run_first')
  const before = countCommits(file)
  const grants = await Promise.all(
    Array.from({ length: 10 }, (_, index) => ask(store, `run_${index % 5}`, { by: `driver ${index}` })),
  )
  expect(countCommits(file) - before).toBe(1)
  expect(grants.map((grant) => grant.ok)).toEqual([
    ...Array<boolean>(5).fill(true),
    ...Array<boolean>(5).fill(false),
  ])
  await store.close()
})

test('a batch that fails half-way is undone alone; the others of its transaction land', async () => {
  using folder = temporaryFolder()
  const store = sqliteStore(folder.file('runs.db'))
  await startRun(store, 'run_a')
  // An object cannot be bound as a session id: SQLite refuses it after the events and the record were written.
  const unbindable = { session_id: {}, operation: 'run_bad:1', items: [], last_agent: 'desk' } as never
  const outcomes = await Promise.allSettled([
    store.append(journalBatch('run_one', 0)),
    store.append(journalBatch('run_bad', 0, { session: unbindable })),
    store.append(journalBatch('run_a', 0)),
    store.append(journalBatch('run_two', 0)),
  ])
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(outcomes[2]).toMatchObject({ value: { ok: false, why: 'behind', events: [addedInput('run_a', 1)] } })
  expect(await store.readJournal('run_bad')).toEqual([])
  expect((await store.listRuns()).map((run) => run.run_id)).toEqual(['run_two', 'run_one', 'run_a'])
  expect(await store.readJournal('run_two')).toHaveLength(1)
  await store.close()
})

test('what needs to outlive only the process does not wait for the disk, unless it shares a transaction', async () => {
  using folder = temporaryFolder()
  const file = folder.file('any.db')
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const [normal, full] = [1, 2]
  const synced = (): unknown => db.prepare('PRAGMA synchronous').get()?.['synchronous']
  const group = createGroupCommit(db, file)
  expect(await group.write(synced, 'process')).toBe(normal)
  expect(await group.write(synced)).toBe(full)
  expect(await Promise.all([group.write(synced, 'process'), group.write(synced)])).toEqual([full, full])
  await expect(group.write(() => db.exec('no such statement'), 'process')).rejects.toThrow('no')
  expect(synced()).toBe(full)
  db.close()
})
