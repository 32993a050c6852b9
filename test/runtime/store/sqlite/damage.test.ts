/** A database in which single bits are other ones: whatever is asked of it, it says that it is damaged, or answers. */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createRuntime } from '../../../../src/runtime/create-runtime.ts'
import { ConflictFailure, StoreFailure, UsageFailure } from '../../../../src/runtime/failures.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { sqliteStore } from '../../../../src/runtime/store/sqlite/sqlite-store.ts'
import { PAYMENTS } from '../payment-run.ts'
import { temporaryFolder } from '../temporary-store.ts'
import type { TemporaryFolder } from '../temporary-store.ts'

/** Four runs, two of which wait for approval. */
async function runsIn(folder: TemporaryFolder): Promise<Runtime> {
  const runtime = createRuntime({ store: sqliteStore(folder.file('runs.db')), environment: {} })
  for (const approves of [false, true, false, true]) {
    const { run_id: id } = await runtime.start(PAYMENTS, 'Go', {
      session: approves ? 'yes' : 'no',
      context: { log: folder.file('log') },
    }).result
    if (!approves) continue
    await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
    await runtime.resume(id).result
  }
  return runtime
}

/** Everything people do with a store; errors that they are not meant to see. */
async function strangeErrors(file: string): Promise<readonly unknown[]> {
  const strange: unknown[] = []
  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (error) {
      const known = [StoreFailure, UsageFailure, ConflictFailure].some((Failure) => error instanceof Failure)
      if (!known) strange.push(error)
      return null
    }
  }
  const runtime = await attempt(async () =>
    createRuntime({ store: sqliteStore(file, { busyTimeout: 50 }), environment: {} }),
  )
  if (runtime === null) return strange
  for (const { run_id: id, status } of (await attempt(() => runtime.list())) ?? []) {
    await attempt(() => runtime.show(id))
    await attempt(() => runtime.exportState(id, { bundle: true }))
    if (status !== 'paused') continue
    await attempt(() => runtime.decide(id, { calls: 'all', decision: 'reject', by: 'ana' }))
    await attempt(() => runtime.resume(id, { wait: 0 }).result)
  }
  await attempt(() => runtime.store.listSpecs())
  await attempt(() => runtime.store.sessions.list())
  await attempt(() => runtime.store.sessions.read('yes'))
  await attempt(() => runtime.close())
  return strange
}

/** The same numbers every time. */
function* numbers(below: number): Generator<number, never> {
  for (let seed = 12_345; ; seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) yield seed % below
}

test.each([
  ['the header', '', 100, 25],
  ['the file', '', Number.POSITIVE_INFINITY, 60],
  ['the write-ahead log', '-wal', Number.POSITIVE_INFINITY, 20],
])('in %s', { timeout: 120_000 }, async (_, part, upto, count) => {
  using folder = temporaryFolder()
  const runtime = await runsIn(folder)
  const [file, copy] = [folder.file('runs.db'), folder.file('copy.db')]
  if (part === '') await runtime.close()
  const [whole, log] = [file, `${file}-wal`].map((path) => (existsSync(path) ? readFileSync(path) : null))
  const target = part === '' ? whole : log
  if (whole === undefined || whole === null || target === undefined || target === null)
    throw new Error('there is nothing to damage')
  const places = numbers(Math.min(upto, target.length))
  for (let flip = 0; flip < count; flip++) {
    const damaged = Buffer.from(target)
    const at = places.next().value
    damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (flip % 8)), at)
    rmSync(`${copy}-shm`, { force: true })
    rmSync(`${copy}-wal`, { force: true })
    writeFileSync(copy, part === '' ? damaged : whole)
    if (part !== '') writeFileSync(`${copy}-wal`, damaged)
    expect([at, await strangeErrors(copy)]).toEqual([at, []])
  }
  await runtime.close()
})

test.each([
  ['an event of another kind', `replace(json, 'turn.started', 'turn.begun')`, 2],
  ['a call that nobody made', `replace(json, '"call_id":"call_a","turn"', '"call_id":"call_x","turn"')`, 4],
  ['a journal without its beginning', `replace(json, 'run.started', 'run.resumed')`, 1],
])('with %s: its run is refused, the others go on', async (_, change, seq) => {
  using folder = temporaryFolder()
  const runtime = await runsIn(folder)
  const [file, copy] = [folder.file('runs.db'), folder.file('copy.db')]
  const waiting = (await runtime.list({ status: ['paused'] })).map((run) => run.run_id)
  await runtime.close()
  copyFileSync(file, copy)
  const [damaged = '', other = ''] = waiting
  using db = new DatabaseSync(copy)
  db.prepare(`UPDATE events SET json = ${change} WHERE run_id = ? AND seq = ?`).run(damaged, seq)
  const second = createRuntime({ store: sqliteStore(copy), environment: {} })
  const approve = (id: string): Promise<unknown> =>
    second.decide(id, { calls: 'all', decision: 'approve', by: 'ana' })
  for (const operation of [
    () => second.exportState(damaged, { bundle: true }),
    async () => {
      await approve(damaged)
      await second.resume(damaged).result
    },
  ]) {
    await expect(operation()).rejects.toMatchObject({
      code: 'store_error',
      message: expect.stringContaining(`the journal of run ${damaged} makes no sense (event `),
    })
  }
  await approve(other)
  expect(await second.resume(other).result).toMatchObject({ status: 'completed' })
  await second.close()
})
