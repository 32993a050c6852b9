/** Whichever call of a store fails, and whether it had been done: a clean error, and a run that can be carried on. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { checkJournal } from '../../../src/runtime/documents/check-journal.ts'
import { ConflictFailure, StoreFailure } from '../../../src/runtime/failures.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { faultyStore } from '../../support/faulty-store.ts'
import type { FaultTime } from '../../support/faulty-store.ts'
import { compiled, functionTool, program } from '../../support/program.ts'
import { openTemporaryStore, temporaryFolder } from './temporary-store.ts'

const SPEC = compiled(
  program({
    script: [
      { tool_calls: [{ name: 'pay', arguments: { n: 1 }, call_id: 'call_a' }] },
      { tool_calls: [{ name: 'pay', arguments: { n: 2 }, call_id: 'call_b' }] },
      { text: 'Paid.' },
    ],
    tools: [functionTool('pay', { needs_approval: { when: 'args.n == 1' } })],
    source: `import { appendFileSync } from 'node:fs'
export function pay(args, ctx) { appendFileSync(ctx.context.log, args.n + '\\n'); return 'paid ' + args.n }`,
  }),
)

/** One more step towards the end of the only run; true once it is there. */
async function goOn(runtime: Runtime, log: string): Promise<boolean> {
  const [run] = await runtime.list()
  if (run === undefined) {
    await runtime.start(SPEC, 'Go', { session: 's', context: { log } }).result
    return false
  }
  if (run.status === 'completed') return true
  const { interruptions } = await runtime.show(run.run_id)
  for (const { request, kind } of interruptions) {
    const result = kind === 'in_doubt' ? { result: 'looked it up' } : {}
    await runtime.decide(run.run_id, { calls: [`#${request}`], decision: 'approve', by: 'ana', ...result })
  }
  await runtime.resume(run.run_id).result
  return false
}

async function goToEnd(runtime: Runtime, log: string): Promise<void> {
  for (let step = 0; step < 8; step++) if (await goOn(runtime, log)) return
  throw new Error('the run does not come to its end')
}

/** Fails the n-th call, then carries on as another process would. False when there was no such call. */
async function survives(inner: RunStore, n: number, time: FaultTime): Promise<boolean> {
  using folder = temporaryFolder()
  const log = folder.file('log')
  const faulty = faultyStore(inner, n, time)
  const first = createRuntime({ store: faulty.store, environment: {} })
  const error = await goToEnd(first, log).catch((reason: unknown) => reason)
  if (error !== undefined) expect(error).toBeInstanceOf(StoreFailure)
  await faulty.releaseAll()
  const second = createRuntime({ store: inner, environment: {} })
  await goToEnd(second, log)

  const runs = await second.list()
  expect(runs).toMatchObject([{ status: 'completed', turns: 3 }])
  const journal = await inner.readJournal(runs[0]?.run_id ?? '')
  expect(checkJournal(journal)).toMatchObject({ ok: true })
  const paid = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []
  expect(paid).toEqual([...new Set(paid)])
  const answered = journal.flatMap((event) => (event.type === 'tool.completed' ? [event.output] : []))
  expect(answered).toHaveLength(2)
  const { items } = await inner.sessions.read('s')
  const outputs = items.flatMap(({ type, output }) => (type === 'function_call_output' ? [output] : []))
  expect(outputs).toEqual(answered)
  expect(items).toHaveLength(6)
  return faulty.failed()
}

describe.each(['before', 'after'] as const)('a call that fails %s it is done', (time) => {
  test('in memory, for every call', { timeout: 60_000 }, async () => {
    let n = 1
    while (await survives(memoryStore(), n, time)) n += 1
    expect(n).toBeGreaterThan(20)
  })

  test('in SQLite, for every call', { timeout: 120_000 }, async () => {
    for (let n = 1; ; n++) {
      const { store, close } = await openTemporaryStore()
      const reached = await survives(store, n, time)
      await store.close()
      await close()
      if (!reached) return expect(n).toBeGreaterThan(20)
    }
  })
})

test('a lease that cannot be given back at once is given back later', async () => {
  const inner = memoryStore()
  let refusals = 2
  const store: RunStore = {
    ...inner,
    releaseLease: async (lease) => {
      refusals -= 1
      if (refusals >= 0) throw new StoreFailure('busy')
      return inner.releaseLease(lease)
    },
  }
  using folder = temporaryFolder()
  const runtime = createRuntime({ store, environment: {} })
  const { run_id: id } = await runtime.start(SPEC, 'Go', { context: { log: folder.file('log') } }).result
  const resumed = await runtime.resume(id).result.catch((error: unknown) => error)
  expect(resumed).not.toBeInstanceOf(ConflictFailure)
  expect(resumed).toMatchObject({ status: 'paused' })
})
