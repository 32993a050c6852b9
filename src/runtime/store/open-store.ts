/** From a store's URL to the store. */
import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageFailure } from '../failures.ts'
import { memoryStore } from './memory/memory-store.ts'
import type { RunStore } from './run-store.ts'

/**
 * Opens the store that a URL names: `sqlite:PATH`, with a relative path from `cwd`, `postgres://…`, or `memory:`.
 *
 * @throws UsageFailure `invalid_store` for any other URL; StoreFailure when the store cannot be opened.
 */
export async function openStore(url: string, options: { readonly cwd: string }): Promise<RunStore> {
  const { scheme, rest } = splitUrl(url)
  switch (scheme) {
    case 'memory':
      if (rest !== '')
        throw invalidStore(`A store in memory has no path, but "${url}" names one.`, 'Write `memory:`.')
      return memoryStore()
    case 'sqlite':
      return openSqlite(rest, options.cwd)
    case 'postgres':
    case 'postgresql': {
      const { postgresStore } = await import('./postgres/postgres-store.ts')
      return postgresStore(url)
    }
    case 'redis':
    case 'rediss':
      throw invalidStore('Redis keeps sessions, not runs: it is named by session.store of a spec.', SUPPORTED)
    case null:
      throw invalidStore(`The store "${url}" has no scheme.`, `Did you mean "sqlite:${url}"? ${SUPPORTED}`)
    default:
      // Only the scheme: the rest may hold a password.
      throw invalidStore(`There is no kind of store called "${scheme}:".`, SUPPORTED)
  }
}

/**
 * Where runs are kept when nothing is said: `.agentspec/agentspec.db` in the nearest folder from `cwd` upwards that
 * has a folder `.agentspec`, else under `cwd`. An absolute path; nothing is created.
 */
export function defaultStorePath(cwd: string): string {
  const start = resolve(cwd)
  for (let folder = start; ; folder = dirname(folder)) {
    if (isFolder(join(folder, '.agentspec'))) return storeFileIn(folder)
    if (folder === dirname(folder)) return storeFileIn(start)
  }
}

const SUPPORTED = 'Supported are `sqlite:PATH`, `postgres://…` and `memory:`.'

function splitUrl(url: string): { readonly scheme: string | null; readonly rest: string } {
  // Two letters at least: `C:\runs.db` is a path.
  const match = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(url)
  return { scheme: match?.[1]?.toLowerCase() ?? null, rest: match?.[2] ?? '' }
}

async function openSqlite(path: string, cwd: string): Promise<RunStore> {
  if (path === '') throw invalidStore('The store "sqlite:" has no path.', 'Write `sqlite:PATH`.')
  if (path === ':memory:')
    throw invalidStore('The store "sqlite::memory:" is not supported.', 'Write `memory:`.')
  if (/^\/\/[^/]/.test(path)) {
    throw invalidStore(
      `The store "sqlite:${path}" names a host.`,
      'Write `sqlite:PATH`, with one slash before an absolute path.',
    )
  }
  const { sqliteStore } = await import('./sqlite/sqlite-store.ts')
  return sqliteStore(path, { cwd })
}

function invalidStore(message: string, hint: string): UsageFailure {
  return new UsageFailure('invalid_store', message, hint)
}

function storeFileIn(folder: string): string {
  return join(folder, '.agentspec', 'agentspec.db')
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
