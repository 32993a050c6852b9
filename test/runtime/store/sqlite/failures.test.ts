/** What goes wrong with a database file is said in words, with the file and the next step; the file stays as it is. */
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { StoreFailure } from '../../../../src/runtime/failures.ts'
import type { RunStore } from '../../../../src/runtime/store/run-store.ts'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { journalBatch, startRun } from '../../../../src/testing/conformance/run-store-suite.ts'
import { temporaryFolder } from '../temporary-store.ts'
import { runChild } from './child.ts'

/** The failure of an operation, as a person sees it. */
async function failureOf(operation: () => RunStore | Promise<unknown>): Promise<string> {
  try {
    await operation()
  } catch (error) {
    if (error instanceof StoreFailure) return `${error.message}\n${error.hint ?? ''}`
    throw error
  }
  throw new Error('it did not fail')
}

async function databaseOfRuns(file: string, count = 1): Promise<void> {
  const store = sqliteStore(file)
  for (let index = 0; index < count; index++) await startRun(store, `run_${index}`)
  await store.close()
}

test('a locked database', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file, { busyTimeout: 20 })
  await startRun(store, 'run_a')
  using other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  expect(await failureOf(async () => startRun(store, 'run_b'))).toBe(
    `${file} is locked by another process.\n` +
      'Close the program that holds it (a database browser, a backup) and try again.',
  )
  expect(await store.readJournal('run_a')).toHaveLength(1)
  other.exec('ROLLBACK')
  await startRun(store, 'run_b')
  await store.close()
})

test('a database that is locked while it is opened', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  using other = new DatabaseSync(file)
  other.exec('CREATE TABLE t (a); DROP TABLE t; BEGIN EXCLUSIVE')
  expect(await failureOf(() => sqliteStore(file, { busyTimeout: 20 }))).toContain(
    `${file} is locked by another process.`,
  )
})

test('a file that is not a database', async () => {
  using folder = temporaryFolder()
  const file = folder.file('notes.txt')
  writeFileSync(file, 'Dear diary, '.repeat(100))
  expect(await failureOf(() => sqliteStore(file))).toBe(
    `${file} is not a SQLite database.\nCheck the path given with --store; the file was left as it is.`,
  )
  expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(100))
})

test("another program's database", async () => {
  using folder = temporaryFolder()
  const file = folder.file('photos.db')
  using other = new DatabaseSync(file)
  other.exec('CREATE TABLE photos (name)')
  const before = readFileSync(file)
  expect(await failureOf(() => sqliteStore(file))).toContain(
    `${file} is a SQLite database of another program, not an agentspec store.`,
  )
  expect(readFileSync(file)).toEqual(before)
})

test('a database of a newer release', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  await databaseOfRuns(file)
  using other = new DatabaseSync(file)
  other.exec('PRAGMA user_version = 99')
  const failure = await failureOf(() => sqliteStore(file))
  expect(failure).toContain(`${file} was written by a newer release of agentspec: its schema has version 99`)
  expect(failure).toContain('Update agentspec')
  expect(other.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 })
})

test('a file that was cut off', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  await databaseOfRuns(file, 60)
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)
  const failure = await failureOf(async () => {
    const store = sqliteStore(file)
    for (let index = 0; index < 60; index++) await store.readJournal(`run_${index}`)
  })
  expect(failure).toContain(`${file} is damaged.\nRestore it from a backup`)
})

test('an event that somebody changed into something else', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  await databaseOfRuns(file)
  using other = new DatabaseSync(file)
  for (const json of ['{"type":"run.sta', '[]', '{"seq":1}']) {
    other.prepare('UPDATE events SET json = ?').run(json)
    const store = sqliteStore(file)
    expect(await failureOf(async () => store.readJournal('run_0'))).toBe(
      'The store is damaged: an event of run run_0 cannot be read.\nRestore it from a backup.',
    )
    await store.close()
  }
})

test('a folder where the file should be, and a file where a folder should be', async () => {
  using folder = temporaryFolder()
  mkdirSync(folder.file('runs.db'))
  expect(await failureOf(() => sqliteStore(folder.file('runs.db')))).toContain(
    'is a folder, not a database file.',
  )
  writeFileSync(folder.file('plain'), '')
  expect(await failureOf(() => sqliteStore(folder.file('plain', 'runs.db')))).toContain(
    'cannot be created: a part of its path is a file, not a folder.',
  )
})

// Rights do not stop root, so the program that tries runs as nobody then.
const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {}

test.skipIf(process.platform === 'win32')('a file, or a folder, that may not be written', async () => {
  using folder = temporaryFolder()
  chmodSync(folder.path, 0o777)
  const file = folder.file('runs.db')
  await databaseOfRuns(file)
  chmodSync(file, 0o444)
  expect(JSON.parse(await runChild('open', [file], nobody))).toEqual({
    message: `${file} is read-only.`,
    hint: 'Make the file and its folder writable for you, or name another store with --store.',
  })
  chmodSync(folder.path, 0o555)
  const missing = folder.file('other.db')
  expect(JSON.parse(await runChild('open', [missing], nobody))).toMatchObject({
    message: `${missing} cannot be created: you have no right to write there.`,
  })
  chmodSync(folder.path, 0o755)
})

test('a full disk keeps what was acknowledged', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file, { maxPages: 60 })
  let landed = 0
  const failure = await failureOf(async () => {
    for (; landed < 1000; landed++) await store.append(journalBatch('run_a', landed * 10, { count: 10 }))
  })
  expect(failure).toBe(
    `${file} cannot grow: the disk is full.\n` +
      'Free some space and try again; what was acknowledged before is kept.',
  )
  expect(landed).toBeGreaterThan(5)
  expect(await store.readJournal('run_a')).toHaveLength(landed * 10)
  expect((await store.readRun('run_a'))?.seq).toBe(landed * 10)
  await store.close()
  const roomier = sqliteStore(file)
  expect(await roomier.append(journalBatch('run_a', landed * 10))).toEqual({ ok: true })
  await roomier.close()
})

test('a commit that is too big fails every batch in it, and the next one is tried anew', async () => {
  using folder = temporaryFolder()
  const store = sqliteStore(folder.file('runs.db'), { maxPages: 60 })
  await startRun(store, 'run_a')
  const outcomes = await Promise.allSettled([
    startRun(store, 'run_b'),
    store.append(journalBatch('run_big', 0, { count: 5000 })),
  ])
  expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'store_error' } })
  expect(await store.readJournal('run_big')).toEqual([])
  const kept = (await store.readJournal('run_b')).length === 1
  expect(outcomes[0]?.status).toBe(kept ? 'fulfilled' : 'rejected')
  await startRun(store, 'run_c')
  await store.close()
})
