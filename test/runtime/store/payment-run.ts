/** A run of two payments over stores that fail: brought to its end, and looked at afterwards. */
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { checkJournal } from '../../../src/runtime/documents/check-journal.ts'
import type { CompiledSpec } from '../../../src/runtime/link/compiled-spec.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { compiled, functionTool, program } from '../../support/program.ts'

/** Two payments, of which the first asks; each leaves a line in the file that the context names. */
export const PAYMENTS: CompiledSpec = compiled(
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
    await runtime.start(PAYMENTS, 'Go', { session: 's', context: { log } }).result
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

/** Steps until the only run of a store is completed; nothing that is in doubt is run again. */
export async function goToEnd(runtime: Runtime, log: string): Promise<void> {
  for (let step = 0; step < 8; step++) if (await goOn(runtime, log)) return
  throw new Error('the run does not come to its end')
}

/** The only run is whole: no payment was made twice, and journal and session have each of them once. */
export async function expectWhole(store: RunStore, log: string): Promise<void> {
  const runs = await store.listRuns()
  expect(runs).toMatchObject([{ status: 'completed', turns: 3 }])
  const journal = await store.readJournal(runs[0]?.run_id ?? '')
  expect(checkJournal(journal)).toMatchObject({ ok: true })
  const paid = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []
  expect(paid).toEqual([...new Set(paid)])
  const answered = journal.flatMap((event) => (event.type === 'tool.completed' ? [event.output] : []))
  expect(answered).toHaveLength(2)
  const { items } = await store.sessions.read('s')
  const outputs = items.flatMap(({ type, output }) => (type === 'function_call_output' ? [output] : []))
  expect(outputs).toEqual(answered)
  expect(items).toHaveLength(6)
}
