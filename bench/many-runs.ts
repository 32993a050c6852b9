/** Whether lists stay fast in a store of many runs, of which some wait: SQLite, and PostgreSQL where there is one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime } from '../src/runtime/create-runtime.ts'
import type { Runtime } from '../src/runtime/runtime.ts'
import type { JournalEvent } from '../src/runtime/state/events.ts'
import { foldJournal } from '../src/runtime/state/apply.ts'
import { recordOf } from '../src/runtime/state/record.ts'
import { memoryStore } from '../src/runtime/store/memory/memory-store.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import type { RunStore } from '../src/runtime/store/run-store.ts'
import { hasPostgres, startPostgres } from '../test/support/postgres-server.ts'
import { compiled, functionTool, program } from '../test/support/program.ts'
import { fixed, median, table } from './support/measure.ts'

const sizes = [1_000, 100_000]
/** One run in so many waits for approval. */
const waitsEvery = 100
const samples = 15
/** Appends under way at once. */
const batch = 500

/** The journals of a run that waits and of one that has ended. */
async function journals(): Promise<
  readonly [waiting: readonly JournalEvent[], ended: readonly JournalEvent[]]
> {
  const runtime = createRuntime({ store: memoryStore(), environment: {} })
  const script = [{ tool_calls: [{ name: 'pay', arguments: { n: 1 } }] }, { text: 'Done' }]
  const tools = [functionTool('pay', { needs_approval: true })]
  const spec = compiled(program({ script, tools, source: 'export function pay() { return 1 }' }))
  const { run_id: id } = await runtime.start(spec, 'Pay').result
  const waiting = await runtime.events(id)
  await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'bench' })
  await runtime.resume(id).result
  const ended = await runtime.events(id)
  await runtime.close()
  return [waiting, ended]
}

async function fill(store: RunStore, from: number, upto: number): Promise<void> {
  const [waiting, ended] = await journals()
  const append = async (index: number): Promise<void> => {
    const run_id = `run_${String(index).padStart(26, '0')}`
    const at = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString()
    const journal = index % waitsEvery === 0 ? waiting : ended
    const events = journal.map((event): JournalEvent => ({ ...event, run_id, at }))
    await store.append({ run_id, after: 0, lease: null, events, record: recordOf(foldJournal(events)) })
  }
  for (let start = from; start < upto; start += batch) {
    const count = Math.min(batch, upto - start)
    await Promise.all(Array.from({ length: count }, (_, offset) => append(start + offset)))
  }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let sample = -2; sample < samples; sample++) {
    const begun = performance.now()
    await work()
    if (sample >= 0) taken.push(performance.now() - begun)
  }
  return median(taken)
}

async function figures(runtime: Runtime): Promise<readonly string[]> {
  const [first] = await runtime.list({ limit: 1 })
  const id = first?.run_id ?? ''
  const works = [
    () => runtime.list({ limit: 50 }),
    () => runtime.list({ status: ['active', 'paused'], limit: Number.MAX_SAFE_INTEGER }),
    () => runtime.show(id),
    () => runtime.findRun(id.slice(0, 28)).catch(() => null),
  ]
  const row: string[] = []
  for (const work of works) row.push(fixed(await millisecondsOf(work)))
  return row
}

async function measure(name: string, store: RunStore): Promise<readonly (readonly string[])[]> {
  const runtime = createRuntime({ store, environment: {} })
  const rows: (readonly string[])[] = []
  try {
    let there = 0
    for (const size of sizes) {
      await fill(store, there, size)
      there = size
      rows.push([`${name}, ${size.toLocaleString('en')} runs`, ...(await figures(runtime))])
    }
  } finally {
    await runtime.close()
  }
  return rows
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
  try {
    const sqlite = await openStore(`sqlite:${join(folder, 'runs.db')}`, { cwd: folder })
    const rows = [...(await measure('SQLite', sqlite))]
    if (hasPostgres()) {
      await using server = await startPostgres()
      const postgres = await openStore(await server.createDatabase(), { cwd: folder })
      rows.push(...(await measure('PostgreSQL', postgres)))
    }
    console.log(`Milliseconds in one process; medians of ${samples}; one run in ${waitsEvery} waits\n`)
    console.log(table(['', '`runs`', '`approvals`', '`show`', 'by a prefix'], rows))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
