/** `session.encryption`: runs whose session is encrypted at rest. */
import { onTestFinished, describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { systemClock } from '../../../src/runtime/ports.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { compiled, program } from '../../support/program.ts'
import { call, SOURCE, write } from '../../support/runs.ts'
import { temporaryFolder } from '../store/temporary-store.ts'

const PHRASE = 'twenty random characters'
const MINUTE = 60_000

const ok: ScriptStep = { text: 'ok' }
/** What a person said, as the next turn must see it. */
const hears = (...said: string[]): ScriptStep => ({
  text: 'ok',
  expect: { items: said.map((content) => ({ content })) },
})

function encrypting(...script: ScriptStep[]): Program {
  const base = program({ script, tools: [write], source: SOURCE })
  return { ...base, session: { ...base.session, encryption: { key: '${PHRASE}', ttl: 10 * MINUTE } } }
}

interface Shop {
  readonly store: RunStore
  readonly clock: { ahead: number }
  /** A process with this environment. */
  runtime(environment?: Record<string, string>): Runtime
}

function shop(store: RunStore = memoryStore()): Shop {
  onTestFinished(() => store.close())
  const clock = { ahead: 0 }
  const now = (): Date => new Date(Date.now() + clock.ahead)
  return {
    store,
    clock,
    runtime: (environment = { PHRASE }) =>
      createRuntime({ store, environment, clock: { ...systemClock(), now } }),
  }
}

async function say(runtime: Runtime, spec: Program, input: string): Promise<string> {
  const { run_id, status, error } = await runtime.start(compiled(spec), input, { session: 's' }).result
  expect({ status, error }).toEqual({ status: 'completed', error: null })
  return run_id
}

async function raw({ sessions }: RunStore, id = 's'): Promise<string> {
  return JSON.stringify((await sessions.read(id)).items)
}

test.each(['memory', 'sqlite'])(
  '(%s) the session is ciphertext, and turns follow one another',
  async (kind) => {
    const folder = temporaryFolder()
    onTestFinished(() => folder[Symbol.dispose]())
    const { store, runtime } = shop(kind === 'memory' ? memoryStore() : sqliteStore(folder.file('runs.db')))
    await say(runtime(), encrypting(ok), 'my card is 4711')
    await say(runtime(), encrypting(hears('my card is 4711', 'and now?')), 'and now?')
    expect(await raw(store)).not.toContain('4711')
    expect(await raw(store)).not.toContain('message')
    expect((await runtime().readSession('s')).items).toHaveLength(4)
  },
)

describe('the key', () => {
  test('appears nowhere: not in the spec, the journal or a result', async () => {
    const { store, runtime } = shop()
    const spec = compiled(encrypting(call('write', { n: 1 }), ok))
    const result = await runtime().start(spec, `it is ${PHRASE}`, { session: 's' }).result
    const journal = await store.readJournal(result.run_id)
    const archived = await store.readSpec(spec.hash)
    expect(JSON.stringify([result, journal, archived])).not.toContain(PHRASE)
    expect(JSON.stringify(journal)).toContain('[redacted:PHRASE]')
  })

  test('appears nowhere also where a variable holds a former one', async () => {
    const { store, runtime } = shop()
    const both = runtime({ PHRASE: `quite another phrase\n${PHRASE}` })
    const { run_id } = await both.start(compiled(encrypting(ok)), `it was ${PHRASE}`, { session: 's' }).result
    expect(JSON.stringify(await store.readJournal(run_id))).not.toContain(PHRASE)
  })

  test('another one is refused before anything is journaled, and nothing is lost', async () => {
    const { store, runtime } = shop()
    await say(runtime(), encrypting(ok), 'one')
    const other = runtime({ PHRASE: 'quite another phrase' })
    const refused = other.start(compiled(encrypting(ok)), 'two', { session: 's' }).result
    await expect(refused).rejects.toMatchObject({ name: 'UsageFailure', code: 'session_key' })
    await expect(refused).rejects.toThrow(/Session s was encrypted with another key/u)
    expect(await store.listRuns()).toHaveLength(1)
    await say(runtime(), encrypting(hears('one', 'two')), 'two')
  })

  test.each([
    [{}, /session.encryption.key is empty/u],
    [{ PHRASE: 'short' }, /fewer than 16 characters/u],
  ])('is asked for before anything happens: %j', async (environment, message) => {
    const { runtime } = shop()
    const run = runtime(environment).start(compiled(encrypting(ok)), 'Go', { session: 's' }).result
    await expect(run).rejects.toThrow(message)
  })

  test('a spec without encryption does not take ciphertext for a conversation', async () => {
    const { runtime } = shop()
    await say(runtime(), encrypting(ok), 'one')
    const run = runtime().start(compiled(program({ script: [ok] })), 'two', { session: 's' }).result
    await expect(run).rejects.toThrow(/Session s is encrypted, and no key was given/u)
  })
})

test('a run that waited for longer than the ttl still has the history it began with', async () => {
  const { clock, runtime } = shop()
  await say(runtime(), encrypting(ok), 'one')
  const spec = compiled(encrypting(call('write', { n: 1 }), hears('one', 'two')))
  const paused = await runtime().start(spec, 'two', { session: 's' }).result
  clock.ahead = 60 * MINUTE
  // A new turn begins without what is too old.
  const fresh: ScriptStep = { text: 'ok', expect: { items: [{ content: 'three' }] } }
  const id = await say(runtime(), encrypting(fresh), 'three')
  expect((await runtime().events(id))[0]).toMatchObject({ session: { from: 3, upto: 3 } })
  await runtime().decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ann' })
  const { status, error } = await runtime().resume(paused.run_id).result
  expect({ status, error }).toEqual({ status: 'completed', error: null })
})

describe('work on a session without a run of its spec', () => {
  async function pausedIn(place: Shop): Promise<string> {
    await say(place.runtime(), encrypting(ok), 'one')
    const spec = compiled(encrypting(call('write', { n: 1 }), ok))
    return (await place.runtime().start(spec, 'two', { session: 's' }).result).run_id
  }

  test('reads it with the key of its runs, and says so when there is none', async () => {
    const place = shop()
    await pausedIn(place)
    expect((await place.runtime().readSession('s')).items[0]).toMatchObject({ content: 'one' })
    const failure = place.runtime({}).readSession('s')
    await expect(failure).rejects.toMatchObject({ code: 'session_key' })
    await place
      .runtime()
      .store.listRuns()
      .then((runs) => Promise.all(runs.map(({ run_id }) => place.store.removeRun(run_id))))
    await expect(place.runtime().readSession('s')).rejects.toThrow(/is encrypted, and no key was given/u)
  })

  test('a run that is cancelled leaves nothing in clear', async () => {
    const place = shop()
    const id = await pausedIn(place)
    await expect(place.runtime({}).cancel(id, { by: 'ann' })).rejects.toMatchObject({ code: 'session_key' })
    await place.runtime().cancel(id, { by: 'ann' })
    expect(await raw(place.store)).not.toMatch(/two|wrote|function_call/u)
    await place.runtime().readSession('s')
  })

  test('a fork and a branch are encrypted for their own session', async () => {
    const place = shop()
    const id = await pausedIn(place)
    const { run_id } = await place.runtime().fork(id, 2)
    const branch = await place.runtime().branchSession({ session_id: 's', at: 1, as: 'other' })
    expect(branch.items).toHaveLength(2)
    expect(await raw(place.store, `s~${run_id}`)).toContain('agentspec.encrypted')
    expect(await raw(place.store, 'other')).not.toContain('one')
    const resumed = await place.runtime().resume(run_id).result
    expect(resumed.status).toBe('paused')
    const { status } = await place
      .runtime()
      .start(compiled(encrypting(hears('one', 'three'))), 'three', { session: 'other' }).result
    expect(status).toBe('completed')
  })

  test('its items do not leave in a document, and none come in', async () => {
    const place = shop()
    const id = await pausedIn(place)
    const bundle = place.runtime().exportState(id, { bundle: true })
    await expect(bundle).rejects.toMatchObject({ code: 'session_encrypted' })
    const document = await place.runtime().exportState(id)
    const elsewhere = shop()
    await elsewhere.store.archiveSpec((await place.store.readSpec(document.spec.hash))!)
    const imported = elsewhere.runtime().importState(document)
    await expect(imported).rejects.toMatchObject({ code: 'session_encrypted' })
    expect(await elsewhere.store.listRuns()).toEqual([])
  })
})
