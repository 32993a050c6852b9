/**
 * What keeping a run costs, in a SQLite store: bytes and CPU of each step as runs grow, beside writing the whole state at each of
 * them; going on with a long run; and the inbox over many runs that wait.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScriptStep } from '../src/compiler/program-models.ts'
import { createRuntime } from '../src/runtime/create-runtime.ts'
import type { Runtime } from '../src/runtime/runtime.ts'
import { foldJournal } from '../src/runtime/state/apply.ts'
import type { JournalEvent } from '../src/runtime/state/events.ts'
import { recordOf } from '../src/runtime/state/record.ts'
import type { RunStore } from '../src/runtime/store/run-store.ts'
import { sqliteStore } from '../src/runtime/store/sqlite/sqlite-store.ts'
import { compiled, functionTool, program } from '../test/support/program.ts'
import { cpuOf, fixed, median, table } from './support/measure.ts'

const lengths = [10, 1_000, 10_000]
const resumes = 3
const waiting = 10_000
const samples = 15

const source = `export function lookUp({ order_id }) {
  return { order_id, status: 'shipped', items: ['a', 'b', 'c'], note: 'Left with a neighbour on the ground floor' }
}
export const pay = () => 'paid'
`
const tools = [functionTool('lookUp'), functionTool('pay', { needs_approval: true })]

/** So many turns with a tool call each, then a call that waits for a person, then the answer. */
function specOf(turns: number): ReturnType<typeof compiled> {
  const look = (order_id: number): ScriptStep => ({
    tool_calls: [{ name: 'lookUp', arguments: { order_id } }],
  })
  const script = Array.from({ length: turns }, (_, index) => look(index))
  const base = program({
    script: [...script, { tool_calls: [{ name: 'pay' }] }, { text: 'Done' }],
    tools,
    source,
  })
  return compiled({ ...base, run: { ...base.run, max_turns: null } })
}

async function pausedRun(runtime: Runtime, turns: number): Promise<string> {
  const { run_id, status, error } = await runtime.start(specOf(turns), 'Where are my orders?').result
  if (status !== 'paused') throw new Error(`the run of ${turns} turns is ${status}: ${error?.message}`)
  return run_id
}

/** Steps are the turns of one run; each is appended when it is over. */
async function stepRows(runtime: Runtime): Promise<readonly (readonly string[])[]> {
  await pausedRun(runtime, 100)
  const rows: (readonly string[])[] = []
  for (const turns of lengths) {
    let id = ''
    const milliseconds = await cpuOf(async () => {
      id = await pausedRun(runtime, turns)
    })
    const journal = await runtime.events(id)
    const last = lastTurn(journal)
    const whole = JSON.stringify(await runtime.exportState(id)).length
    const each = JSON.stringify(journal).length / turns
    rows.push([
      `${turns.toLocaleString('en')} steps`,
      fixed(each, 0),
      fixed(JSON.stringify(last).length, 0),
      fixed((milliseconds * 1000) / turns, 0),
      whole.toLocaleString('en'),
      fixed((whole * turns) / 2 / 1e6, 1),
    ])
  }
  return rows
}

/** The events of the last turn that looked something up. */
function lastTurn(journal: readonly JournalEvent[]): readonly JournalEvent[] {
  const starts = journal.filter(({ type }) => type === 'turn.started').map(({ seq }) => seq)
  const [from = 0, upto = 0] = starts.slice(-2)
  return journal.slice(from - 1, upto - 1)
}

/** From the call to the end of the run: the journal is read and folded, the call runs, the model answers. */
async function resumeRow(store: RunStore): Promise<string> {
  const taken: number[] = []
  for (let sample = -1; sample < resumes; sample++) {
    const first = createRuntime({ store, environment: {} })
    const id = await pausedRun(first, 1_000)
    await first.decide(id, { calls: 'all', decision: 'approve', by: 'bench' })
    // Another runtime, as another process would have: nothing of the run is in memory.
    const second = createRuntime({ store, environment: {} })
    const milliseconds = await cpuOf(async () => void (await second.resume(id).result))
    if (sample >= 0) taken.push(milliseconds)
  }
  return fixed(median(taken), 1)
}

async function inboxRow(store: RunStore): Promise<string> {
  const runtime = createRuntime({ store, environment: {} })
  const journal = await runtime.events(await pausedRun(runtime, 1))
  for (let index = 0; index < waiting; index++) {
    const run_id = `run_${String(index).padStart(26, '0')}`
    const events = journal.map((event): JournalEvent => ({ ...event, run_id }))
    const batch = { run_id, after: 0, lease: null, events, record: recordOf(foldJournal(events)) }
    if (index % 500 === 499) await store.append(batch)
    else void store.append(batch)
  }
  const taken: number[] = []
  for (let sample = -2; sample < samples; sample++) {
    let found = 0
    const milliseconds = await cpuOf(async () => {
      const runs = await runtime.list({ status: ['active', 'paused'], limit: Number.MAX_SAFE_INTEGER })
      found = runs.filter(({ interruptions }) => interruptions.length > 0).length
    })
    if (found < waiting) throw new Error(`${found} runs wait`)
    if (sample >= 0) taken.push(milliseconds)
  }
  return fixed(median(taken), 0)
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
  const file = join(folder, 'runs.db')
  const store = sqliteStore(file)
  try {
    const heads = [
      '',
      'bytes a step',
      'bytes of the last one',
      'CPU, µs a step',
      'whole state, bytes',
      'written whole each step, MB',
    ]
    console.log(table(heads, await stepRows(createRuntime({ store, environment: {} }))))
    console.log(`\nThe file has ${fixed(statSync(file).size / 1e6, 1)} MB then.`)
    console.log(`\nGoing on with a run of 1,000 steps, to its end: ${await resumeRow(store)} ms of CPU`)
    console.log(
      `\n\`approvals\` over ${waiting.toLocaleString('en')} runs that wait: ${await inboxRow(store)} ms of CPU`,
    )
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
