/** Where `session.store` of a spec leads. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memorySessions } from '../../../src/runtime/sessions/memory-sessions.ts'
import { openStore } from '../../../src/runtime/store/open-store.ts'
import type { CompiledSpec } from '../../../src/runtime/link/compiled-spec.ts'
import { hasPostgres, startPostgres } from '../../support/postgres-server.ts'
import { compiled, program } from '../../support/program.ts'

function specWith(store: string): CompiledSpec {
  const session = { store, resume_agent: 'last' as const }
  return compiled(program({ script: [{ text: 'Hello.' }], overrides: { session } }))
}

async function over(url: string, cwd: string): Promise<Runtime> {
  const environment = { WHERE: 'sessions' }
  const runtime = createRuntime({ store: await openStore(url, { cwd }), environment, cwd })
  onTestFinished(() => runtime.close())
  return runtime
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'agentspec-places-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('the database of the runs', () => {
  test.each(['sqlite:runs.db', 'sqlite:./runs.db'])(
    'named as %s is the run store: journal and session are one transaction',
    async (url) => {
      const runtime = await over('sqlite:runs.db', folder())
      const spec = specWith(url)
      expect(await runtime.sessions(spec)).toMatchObject({ place: 'run_store' })
      const { run_id } = await runtime.start(spec, 'Hi', { session: 's' }).result
      const types = (await runtime.events(run_id)).map((event) => event.type)
      expect(types).not.toContain('session.appended')
      expect((await runtime.store.sessions.read('s')).items).toHaveLength(2)
    },
  )

  test.skipIf(!hasPostgres())('in PostgreSQL is the run store, and another schema of it is not', async () => {
    await using server = await startPostgres()
    const url = await server.createDatabase()
    const runtime = await over(url, folder())
    expect(await runtime.sessions(specWith(url))).toMatchObject({ place: 'run_store' })
    const other = await runtime.sessions(specWith(`${url}?schema=talks`))
    expect(other.place).toBe('elsewhere')
    await runtime.close()
  })
})

test('a relative path is taken from the working directory, and variables are resolved', async () => {
  const cwd = folder()
  const runtime = await over('sqlite:runs.db', cwd)
  await runtime.start(specWith('sqlite:${WHERE}.db'), 'Hi', { session: 's' }).result
  const file = await openStore('sqlite:sessions.db', { cwd })
  onTestFinished(() => file.close())
  expect((await file.sessions.read('s')).items).toHaveLength(2)
  expect((await runtime.store.sessions.read('s')).items).toEqual([])
})

test('a store is opened once, and closed with the runtime', async () => {
  const happened: string[] = []
  const environment = {}
  const own = (url: string) => {
    happened.push(url)
    return { ...memorySessions(), close: async () => void happened.push('closed') }
  }
  const store = await openStore('memory:', { cwd: '/' })
  const runtime = createRuntime({ store, environment, sessionStores: { own } })
  await runtime.start(specWith('own:a'), 'Hi', { session: 's' }).result
  await runtime.start(specWith('own:a'), 'Hi', { session: 't' }).result
  await runtime.close()
  expect(happened).toEqual(['own:a', 'closed'])
})

test.each([
  ['nothing', 'its scheme is ""'],
  ['mongodb://me:hunter22@host/db', 'its scheme is "mongodb"'],
])('%s is refused before anything is journaled, without being shown', async (url, why) => {
  const runtime = await over('memory:', '/')
  const refused = await runtime
    .start(specWith(url), 'Hi', { session: 's' })
    .result.catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'invalid_store', message: expect.stringContaining(why) })
  expect(String(refused)).not.toContain('hunter22')
  expect(await runtime.list()).toEqual([])
})

test.each([
  ['a page that is none', { read: async () => ({ items: 'none', last_agent: null }) }, 'is no page'],
  [
    'a throw',
    {
      read: () => {
        throw new Error('no disk')
      },
    },
    'no disk',
  ],
])(
  '%s of a store of somebody else fails the start, and says which store it was',
  async (_what, broken, why) => {
    const own = () => Object.assign(memorySessions(), broken)
    const store = await openStore('memory:', { cwd: '/' })
    const runtime = createRuntime({ store, environment: {}, sessionStores: { own } })
    onTestFinished(() => runtime.close())
    const failed = runtime.start(specWith('own:a'), 'Hi', { session: 's' }).result
    await expect(failed).rejects.toMatchObject({ code: 'store_error', message: expect.stringContaining(why) })
    expect(await runtime.list()).toEqual([])
  },
)
