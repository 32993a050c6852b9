/** The file of a store is private, complete after closing, and cheap to open again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { startRun, take } from '../../../../src/testing/conformance/run-store-suite.ts'
import { temporaryFolder } from '../temporary-store.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test.skipIf(process.platform === 'win32')(
  'a folder .agentspec is created private, and ignores itself in git',
  async () => {
    using folder = temporaryFolder()
    const store = sqliteStore('.agentspec/agentspec.db', { cwd: folder.path })
    await startRun(store, 'run_a')
    expect(store.url).toBe('sqlite:.agentspec/agentspec.db')
    expect(modeOf(folder.file('.agentspec'))).toBe('700')
    for (const name of ['agentspec.db', 'agentspec.db-wal', 'agentspec.db-shm']) {
      expect(modeOf(folder.file('.agentspec', name))).toBe('600')
    }
    expect(readFileSync(folder.file('.agentspec', '.gitignore'), 'utf8')).toBe('*\n')
    await store.close()
  },
)

test('a folder that is there keeps its .gitignore; a folder of another name gets none', async () => {
  using folder = temporaryFolder()
  mkdirSync(folder.file('.agentspec'))
  writeFileSync(folder.file('.agentspec', '.gitignore'), 'agentspec.db*\n')
  await sqliteStore(folder.file('.agentspec', 'agentspec.db')).close()
  expect(readFileSync(folder.file('.agentspec', '.gitignore'), 'utf8')).toBe('agentspec.db*\n')
  await sqliteStore(folder.file('data', 'runs', 'runs.db')).close()
  expect(readdirSync(folder.file('data', 'runs'))).toEqual(['runs.db'])
})

test('a closed store is one file, with everything in it', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file)
  await startRun(store, 'run_a')
  await store.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
  const again = sqliteStore(file)
  expect(await again.readJournal('run_a')).toHaveLength(1)
  await again.close()
})

test('a commit is on the disk before it is acknowledged', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file)
  await startRun(store, 'run_a')
  using other = new DatabaseSync(file)
  expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(other.prepare('SELECT count(*) AS events FROM events').get()).toEqual({ events: 1 })
  await store.close()
})

test('a process that ends leaves no entry of itself behind', async () => {
  using folder = temporaryFolder()
  const file = folder.file('runs.db')
  const store = sqliteStore(file)
  using other = new DatabaseSync(file)
  const drivers = (): unknown => other.prepare('SELECT driver_id FROM drivers').all()
  const first = await take(store, 'run_a', { by: 'one' })
  const second = await take(store, 'run_b', { by: 'one' })
  await store.releaseLease(first)
  expect(drivers()).toEqual([{ driver_id: 'one' }])
  await store.releaseLease(second)
  expect(drivers()).toEqual([])
  await take(store, 'run_c', { by: 'dead' })
  await take(store, 'run_c', { by: 'two', isGone: () => true })
  expect(drivers()).toEqual([{ driver_id: 'two' }])
  await store.removeRun('run_c')
  expect(drivers()).toEqual([])
  await store.close()
})
