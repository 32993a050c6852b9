/**
 * How long it takes from saving a file to a version that the next turn can use, and what 200 reloads leave behind: memory,
 * handles, child processes. `node --expose-gc bench/dev-reload.ts [RELOADS]`
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { reloads } from '../src/dev/reloads.ts'
import { createRuntime } from '../src/runtime/create-runtime.ts'
import { memoryStore } from '../src/runtime/store/memory/memory-store.ts'

const RELOADS = Number(process.argv[2] ?? 200)
const root = join(import.meta.dirname, '..')

const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
cpSync(join(root, 'specs'), folder, { recursive: true })
const file = join(folder, 'support-tools.ts')
const text = readFileSync(file, 'utf8')
const stop = new AbortController()
const runtime = createRuntime({ store: memoryStore(), environment: {} })

/** Milliseconds; the wait for the burst to end (50 ms) is part of it. */
const times: number[] = []
let saved = 0
const memory: number[] = []
const handles: number[] = []

/** What the first collection leaves to finalizers is gone after the second. */
async function collected(): Promise<void> {
  globalThis.gc?.()
  await setTimeout(50)
  globalThis.gc?.()
}

/** The author saves while nothing else happens. */
async function save(version: number): Promise<void> {
  await setTimeout(100)
  saved = performance.now()
  writeFileSync(file, `${text}\n// ${version}\n`)
}

for await (const { result } of reloads(join(folder, 'support.yaml'), {
  signal: stop.signal,
  environment: () => Promise.resolve({}),
})) {
  if (saved > 0) times.push(performance.now() - saved)
  if (!result.ok) throw new Error('the spec is not valid')
  // A turn on every version, so that its code is loaded.
  const { status, run_id: runId } = await runtime.start(result, 'Cancel order 7').result
  if (status !== 'paused') throw new Error(`the run is ${status}`)
  await runtime.cancel(runId, { by: 'bench' })
  await runtime.store.removeRun(runId)
  if (times.length % 50 === 0) {
    await collected()
    memory.push(process.memoryUsage().heapUsed / 1e6)
    handles.push(process.getActiveResourcesInfo().length)
  }
  if (times.length === RELOADS) break
  void save(times.length)
}
stop.abort()
await runtime.close()
rmSync(folder, { recursive: true })

times.sort((a, b) => a - b)
const at = (share: number): string => `${Math.round(times[Math.floor(times.length * share)] ?? 0)} ms`
console.log(`save to ready: median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(0.999)}`)
console.log(`heap after 0, 50, … reloads: ${memory.map((one) => `${one.toFixed(1)} MB`).join(', ')}`)
console.log(`handles: ${handles.join(', ')}`)
