/** One SQLite file, several processes: one wins, nothing is lost, nothing acknowledged dies with a process. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { startRun } from '../../../../src/testing/conformance/run-store-suite.ts'
import { temporaryFolder } from '../temporary-store.ts'
import { appendAfterOthers } from './append-after-others.ts'
import { runChild, startChild } from './child.ts'

test('writers of two processes land every event once, each in its own order, without gaps', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const count = 60
  const children = ['one', 'two'].map((writer) => runChild('append', [file, 'run_a', writer, String(count)]))
  const store = sqliteStore(file)
  let after = 0
  for (let index = 0; index < count; index++) {
    after = await appendAfterOthers(store, 'run_a', `parent ${index}`, after)
  }
  expect(await Promise.all(children)).toEqual(['done', 'done'])
  const journal = await store.readJournal('run_a')
  expect(journal.map((event) => event.seq)).toEqual(
    Array.from({ length: 3 * count }, (_, index) => index + 1),
  )
  const texts = journal
    .flatMap((event) => (event.type === 'input.added' ? event.items : []))
    .map((i) => i['content'])
  for (const writer of ['one', 'two', 'parent']) {
    const own = texts.filter((text) => typeof text === 'string' && text.startsWith(writer))
    expect(own).toEqual(Array.from({ length: count }, (_, index) => `${writer} ${index}`))
  }
  await store.close()
})

test('of two processes one gets each lease, and one run of each session is driven', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const outputs = await Promise.all(
    ['one', 'two'].map((driver) => runChild('acquire', [file, driver, '100'])),
  )
  const [one, two] = outputs.map((output): unknown => JSON.parse(output))
  const granted = [one, two].flat()
  const sessions = granted.map((run) => Math.floor(Number(String(run).slice('run_'.length)) / 2))
  expect(granted).toHaveLength(50)
  expect(new Set(sessions).size).toBe(50)
})

test('processes that create the file at the same time all succeed', async () => {
  using folder = temporaryFolder()
  const file = folder.file('.agentspec', 'runs.db')
  const runs = await Promise.all(Array.from({ length: 6 }, () => runChild('open', [file])))
  const store = sqliteStore(file)
  const listed = (await store.listRuns()).map((run) => run.run_id)
  expect(listed.sort()).toEqual(runs.sort())
  await store.close()
})

test('a new file that another process is writing to is waited for', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const child = startChild('hold', [file])
  await once(child.stdout, 'data')
  const store = sqliteStore(file, { busyTimeout: 15_000 })
  await startRun(store, 'run_a')
  expect(await store.readJournal('run_a')).toHaveLength(1)
  await store.close()
})

test('a store is opened and read while another process writes to it', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const writer = sqliteStore(file)
  await startRun(writer, 'run_a')
  using other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const reader = sqliteStore(file, { busyTimeout: 20 })
  expect(await reader.readJournal('run_a')).toHaveLength(1)
  expect(await reader.listRuns()).toHaveLength(1)
  other.exec('ROLLBACK')
  await reader.close()
  await writer.close()
})

test('kill -9 in the middle of many appends loses nothing that was acknowledged', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const child = startChild('append-until-killed', [file])
  const acknowledged = new Map<string, number>()
  let lines = 0
  for await (const line of createInterface(child.stdout)) {
    const [run = '', seq] = line.split(' ')
    acknowledged.set(run, Number(seq))
    if (++lines === 400) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')

  const store = sqliteStore(file)
  expect(acknowledged.size).toBe(20)
  for (const [run, seq] of acknowledged) {
    const journal = await store.readJournal(run)
    expect(journal.length).toBeGreaterThanOrEqual(seq)
    expect(journal.map((event) => event.seq)).toEqual(journal.map((_, index) => index + 1))
    expect((await store.readRun(run))?.seq).toBe(journal.length)
    expect((await store.sessions.read(run)).items).toHaveLength(journal.length / 2)
  }
  await store.close()
  using database = new DatabaseSync(file)
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
})
