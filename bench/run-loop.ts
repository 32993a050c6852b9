/** What a turn costs: CPU and journal, for runs of several lengths, on a scripted model and two stores. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScriptStep } from '../src/compiler/program-models.ts'
import { createRuntime } from '../src/runtime/create-runtime.ts'
import type { Runtime } from '../src/runtime/runtime.ts'
import { memoryStore } from '../src/runtime/store/memory/memory-store.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import { compiled, functionTool, program } from '../test/support/program.ts'
import { cpuOf, fixed, median, table } from './support/measure.ts'

const lengths = [10, 100, 400]
const samples = 7
/** Turns that one sample has at least: shorter runs are repeated. */
const turnsInSample = 400

const source = `export function lookUp({ order_id }) {
  return { order_id, status: 'shipped', items: ['a', 'b', 'c'], note: 'Left with a neighbour on the ground floor' }
}
`

/** Runs of so many turns: a tool call a turn, an answer at the end. */
function specOf(turns: number): ReturnType<typeof compiled> {
  const call = (turn: number): ScriptStep => ({
    tool_calls: [{ name: 'lookUp', arguments: { order_id: turn } }],
  })
  const script = [...Array.from({ length: turns - 1 }, (_, index) => call(index + 1)), { text: 'Done' }]
  const base = program({ script, tools: [functionTool('lookUp')], source })
  return compiled({ ...base, run: { ...base.run, max_turns: null } })
}

async function runOnce(runtime: Runtime, turns: number): Promise<string> {
  const result = await runtime.start(specs.get(turns) ?? specOf(turns), 'Where are my orders?').result
  if (result.status !== 'completed' || result.turns !== turns)
    throw new Error(`the run of ${turns} turns is ${result.status} after ${result.turns}`)
  return result.run_id
}

const specs = new Map(lengths.map((turns) => [turns, specOf(turns)]))

/** Microseconds of CPU a turn, the median of the samples. The lengths take turns, so that all see the same machine. */
async function cpuByLength(runtime: Runtime): Promise<ReadonlyMap<number, number>> {
  const taken = new Map<number, number[]>(lengths.map((turns) => [turns, []]))
  for (let sample = -2; sample < samples; sample++) {
    for (const [turns, values] of taken) {
      const runs = Math.ceil(turnsInSample / turns)
      const milliseconds = await cpuOf(async () => {
        for (let count = 0; count < runs; count++) await runOnce(runtime, turns)
      })
      if (sample >= 0) values.push((1000 * milliseconds) / (runs * turns))
    }
  }
  return new Map([...taken].map(([turns, values]) => [turns, median(values)]))
}

/** Bytes of the journal's events as JSON, a turn. */
async function bytesByLength(runtime: Runtime): Promise<ReadonlyMap<number, number>> {
  const bytes = new Map<number, number>()
  for (const turns of lengths) {
    const events = await runtime.events(await runOnce(runtime, turns))
    const all = events.map((event) => Buffer.byteLength(JSON.stringify(event)))
    bytes.set(turns, all.reduce((sum, one) => sum + one, 0) / turns)
  }
  return bytes
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
  const memory = createRuntime({ store: memoryStore(), environment: {} })
  const sqlite = createRuntime({
    store: await openStore(`sqlite:${join(folder, 'runs.db')}`, { cwd: folder }),
    environment: {},
  })
  try {
    const columns = [await cpuByLength(memory), await cpuByLength(sqlite), await bytesByLength(memory)]
    const rows = lengths.map((turns) => [
      `${turns} turns`,
      ...columns.map((column) => fixed(column.get(turns) ?? 0, 0)),
    ])
    const [first = 0, last = 0] = [lengths[0], lengths.at(-1)]
    const growth = columns.map((column) => fixed((column.get(last) ?? 0) / (column.get(first) ?? 1)))
    console.log(`A turn with one tool call, scripted model, one process; medians of ${samples}\n`)
    const heads = ['', 'CPU, µs, memory store', 'CPU, µs, SQLite store', 'bytes journaled']
    console.log(table(heads, [...rows, [`growth ${first} → ${last}`, ...growth]]))
  } finally {
    await memory.close()
    await sqlite.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
