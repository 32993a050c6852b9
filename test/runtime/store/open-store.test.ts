/** Stores by their URLs, and where the default one is. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import { defaultStorePath, openStore } from '../../../src/runtime/store/open-store.ts'
import { startRun } from '../../../src/testing/conformance/run-store-suite.ts'
import { temporaryFolder } from './temporary-store.ts'

async function failureOf(url: string): Promise<string> {
  try {
    await openStore(url, { cwd: '/' })
  } catch (error) {
    if (error instanceof UsageFailure && error.code === 'invalid_store')
      return `${error.message} ${error.hint}`
    throw error
  }
  throw new Error('it opened')
}

test('a relative path starts from cwd', async () => {
  using folder = temporaryFolder()
  const store = await openStore('sqlite:data/runs.db', { cwd: folder.path })
  await startRun(store, 'run_a')
  expect(store.url).toBe('sqlite:data/runs.db')
  expect(existsSync(folder.file('data', 'runs.db'))).toBe(true)
  await store.close()
})

test('an absolute path stays where it is, written with one slash or three', async () => {
  using folder = temporaryFolder()
  for (const [index, slashes] of ['', '//'].entries()) {
    const file = folder.file(`${index}.db`)
    const store = await openStore(`sqlite:${slashes}${file}`, { cwd: '/elsewhere' })
    await store.close()
    expect(existsSync(file)).toBe(true)
  }
})

test('memory: keeps runs in memory', async () => {
  const store = await openStore('memory:', { cwd: '/' })
  await startRun(store, 'run_a')
  expect(await store.readJournal('run_a')).toHaveLength(1)
  expect(store.url).toBe('memory:')
})

test('any other URL is refused with the nearest right thing', async () => {
  const supported = 'Supported are `sqlite:PATH`, `postgres://…` and `memory:`.'
  expect(await failureOf('mysql://host/db')).toBe(`There is no kind of store called "mysql:". ${supported}`)
  expect(await failureOf('runs.db')).toBe(
    `The store "runs.db" has no scheme. Did you mean "sqlite:runs.db"? ${supported}`,
  )
  expect(await failureOf('C:\\runs.db')).toContain('Did you mean "sqlite:C:\\runs.db"?')
  expect(await failureOf('sqlite:')).toContain('has no path')
  expect(await failureOf('sqlite::memory:')).toContain('Write `memory:`.')
  expect(await failureOf('sqlite://host/runs.db')).toContain('names a host')
  expect(await failureOf('memory:x')).toContain('has no path')
})

test('a store that is not supported is said to be so, without its password', async () => {
  expect(await failureOf('redis://:secret@host')).not.toContain('secret')
  expect(await failureOf('mssql://me:secret@host/db')).not.toContain('secret')
})

test('the default store is in the nearest folder upwards that has .agentspec', () => {
  using folder = temporaryFolder()
  mkdirSync(folder.file('project', 'src', 'deep'), { recursive: true })
  mkdirSync(folder.file('project', '.agentspec'))
  const store = join('.agentspec', 'agentspec.db')
  expect(defaultStorePath(folder.file('project', 'src', 'deep'))).toBe(folder.file('project', store))
  expect(defaultStorePath(folder.file('project'))).toBe(folder.file('project', store))
  expect(defaultStorePath(folder.file('elsewhere'))).toBe(folder.file('elsewhere', store))
  expect(existsSync(folder.file('elsewhere'))).toBe(false)
})
