/** Many at once over one store: resumers, approvers, and turns on one session. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { ConflictFailure } from '../../../src/runtime/failures.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { compiled, program } from '../../support/program.ts'
import { PAYMENTS } from './payment-run.ts'
import { temporaryFolder } from './temporary-store.ts'

const CROWD = 32

const TALK = compiled(program({ script: [{ text: 'Yes.' }] }))

/** Each of the crowd has the store open for itself, as processes do. */
type OpenStores = () => Promise<{
  readonly open: () => Promise<RunStore>
  readonly close: () => Promise<void>
}>

interface Crowd extends AsyncDisposable {
  readonly everybody: readonly Runtime[]
  /** The file that payments leave a line in. */
  readonly log: string
  paid(): readonly string[]
}

async function gather(openStores: OpenStores): Promise<Crowd> {
  const folder = temporaryFolder()
  const stores = await openStores()
  const everybody = await Promise.all(
    Array.from({ length: CROWD }, async () => createRuntime({ store: await stores.open(), environment: {} })),
  )
  const log = folder.file('log')
  return {
    everybody,
    log,
    paid: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []),
    async [Symbol.asyncDispose]() {
      await Promise.all(everybody.map((one) => one.close()))
      await stores.close()
      folder[Symbol.dispose]()
    },
  }
}

/** A run that waits for its first payment to be approved. */
async function startPaused({ everybody, log }: Crowd): Promise<string> {
  const result = await everybody[0]?.start(PAYMENTS, 'Go', { session: 's', context: { log } }).result
  expect(result).toMatchObject({ status: 'paused' })
  return result?.run_id ?? ''
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof ConflictFailure)) throw error
  return error.code
}

/** How each one fared: a status, or the code of the conflict that it lost by. */
async function outcomes(works: readonly Promise<{ readonly status: string }>[]): Promise<readonly string[]> {
  return Promise.all(works.map((work) => work.then(({ status }) => status).catch(codeOf)))
}

/** Declares the tests for one kind of store. */
export function crowdTests(openStores: OpenStores): void {
  const timeout = 60_000

  test('of many who resume a run one drives it, and each body runs once', { timeout }, async () => {
    await using crowd = await gather(openStores)
    const id = await startPaused(crowd)
    await crowd.everybody[1]?.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
    const fared = await outcomes(crowd.everybody.map((one) => one.resume(id, { wait: 0 }).result))
    expect(fared.filter((outcome) => outcome === 'completed')).toHaveLength(1)
    const losers = new Set(fared.filter((outcome) => outcome !== 'completed'))
    expect([...losers].every((code) => ['run_busy', 'run_ended'].includes(code))).toBe(true)
    expect(crowd.paid()).toEqual(['1', '2'])
  })

  test(
    'of many who decide a call the first one counts, and the others are told of it',
    { timeout },
    async () => {
      await using crowd = await gather(openStores)
      const id = await startPaused(crowd)
      const fared = await Promise.all(
        crowd.everybody.map((one, index) =>
          one
            .decide(id, { calls: 'all', decision: index % 2 === 0 ? 'approve' : 'reject', by: `${index}` })
            .then(({ decided }) => (decided[0]?.already_decided === true ? 'agreed' : 'decided'))
            .catch(codeOf),
        ),
      )
      const count = (outcome: string): number => fared.filter((one) => one === outcome).length
      expect([count('decided'), count('agreed'), count('decided_otherwise')]).toEqual([
        1,
        CROWD / 2 - 1,
        CROWD / 2,
      ])
      const journal = (await crowd.everybody[0]?.events(id)) ?? []
      const decisions = journal.flatMap((event) =>
        event.type === 'approval.decided' ? [event.decision] : [],
      )
      expect(decisions).toHaveLength(1)
      await crowd.everybody[0]?.resume(id).result
      expect(crowd.paid()).toEqual(decisions[0] === 'approve' ? ['1', '2'] : ['2'])
    },
  )

  test('many turns on one session run one after the other, and each is kept whole', { timeout }, async () => {
    await using crowd = await gather(openStores)
    const fared = await outcomes(
      crowd.everybody.map(
        (one, index) => one.start(TALK, `Question ${index}`, { session: 's', wait: 55_000 }).result,
      ),
    )
    expect(fared).toEqual(Array<string>(CROWD).fill('completed'))
    const { items } = (await crowd.everybody[0]?.store.sessions.read('s')) ?? { items: [] }
    expect(items.map(({ role }) => role)).toEqual(
      Array.from({ length: 2 * CROWD }, (_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
    )
    const asked = new Set(items.flatMap(({ role, content }) => (role === 'user' ? [content] : [])))
    expect(asked.size).toBe(CROWD)
    const runs = (await crowd.everybody[0]?.list()) ?? []
    expect(runs.map(({ status, driven }) => [status, driven])).toEqual(
      Array.from({ length: CROWD }, () => ['completed', false]),
    )
  })

  test(
    'of many who approve and many who cancel nothing is lost, and the run ends once',
    { timeout },
    async () => {
      await using crowd = await gather(openStores)
      const id = await startPaused(crowd)
      const fared = await Promise.all(
        crowd.everybody.map((one, index) =>
          index % 8 === 0
            ? one.cancel(id, { by: `${index}` }).then(
                () => 'cancelled',
                (error: unknown) => codeOf(error),
              )
            : one.decide(id, { calls: 'all', decision: 'approve', by: `${index}` }).then(
                () => 'decided',
                (error: unknown) => codeOf(error),
              ),
        ),
      )
      expect(fared).toContain('cancelled')
      const journal = (await crowd.everybody[0]?.events(id)) ?? []
      journal.forEach((event, index) => expect(event.seq).toBe(index + 1))
      expect(journal.filter(({ type }) => type === 'run.cancelled')).toHaveLength(1)
      expect(journal.at(-1)?.type).toBe('run.cancelled')
      expect(crowd.paid()).toEqual([])
    },
  )
}
