/** From the URL in a spec's `session.store` to the store. */
import { resolve } from 'node:path'
import { UsageFailure } from '../failures.ts'
import { openStore } from '../store/open-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { memorySessions } from './memory-sessions.ts'
import type { SessionStore } from './session-store.ts'

export interface OpenedSessions {
  /** For people, without credentials. */
  readonly url: string
  /** `run_store`: the URL names the database of the runs, so that journal and session share transactions. */
  readonly store: SessionStore | 'run_store'
}

export interface OpenSessionsOptions {
  readonly store: RunStore
  readonly cwd: string
  readonly warn: (message: string) => void
}

/**
 * Opens the session store that a URL names: `sqlite:PATH`, with a relative path from `cwd`, `postgres://…`, `redis://…`, or
 * `memory:`, which is forgotten with the process.
 *
 * @throws UsageFailure `invalid_store` for any other URL; StoreFailure when the store cannot be opened.
 */
export async function openSessionStore(url: string, options: OpenSessionsOptions): Promise<OpenedSessions> {
  const { store: runStore, cwd, warn } = options
  switch (schemeOf(url)) {
    case 'redis':
    case 'rediss': {
      const { readRedisUrl } = await import('./redis/redis-url.ts')
      const { redisSessions } = await import('./redis/redis-sessions.ts')
      return { url: readRedisUrl(url).shown, store: await redisSessions(url, { warn }) }
    }
    case 'memory':
      return { url: 'memory:', store: memorySessions() }
    case 'sqlite':
    case 'postgres':
    case 'postgresql': {
      if (sqlitePath(url, cwd) !== null && sqlitePath(url, cwd) === sqlitePath(runStore.url, cwd))
        return { url: runStore.url, store: 'run_store' }
      return besideRuns(await openStore(url, { cwd }), runStore)
    }
    default:
      throw new UsageFailure(
        'invalid_store',
        `session.store names no kind of store that keeps sessions (its scheme is "${schemeOf(url)}")`,
        'Supported are `sqlite:PATH`, `postgres://…`, `redis://…`, `memory:` and { handler }',
      )
  }
}

/** What stands before the first colon, in small letters; empty without one. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase() ?? ''
}

async function besideRuns(opened: RunStore, runStore: RunStore): Promise<OpenedSessions> {
  const { url, sessions } = opened
  if (url === runStore.url && !url.startsWith('sqlite:')) {
    await opened.close()
    return { url, store: 'run_store' }
  }
  return { url, store: { ...sessions, close: () => opened.close() } }
}

function sqlitePath(url: string, cwd: string): string | null {
  const path = /^sqlite:(.+)$/i.exec(url)?.[1]
  return path === undefined ? null : resolve(cwd, path)
}
