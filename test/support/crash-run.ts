/**
 * A process that dies with SIGKILL at the N-th append to its store: before it, or right after it became durable. Prints the
 * run's id first, and the number of appends when it lived to the end.
 * Arguments: SPEC STORE N before|after [RUN to resume].
 */
import { compileFile } from '../../src/compiler/compile.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { RunStore } from '../../src/runtime/store/run-store.ts'

const [specPath = '', storeUrl = '', at = '0', when = 'before', runId] = process.argv.slice(2)

let appends = 0
const store = await openStore(storeUrl, { cwd: '/' })
const mortal: RunStore = {
  ...store,
  async append(batch) {
    appends += 1
    const dies = appends === Number(at)
    if (dies && when === 'before') process.kill(process.pid, 'SIGKILL')
    const outcome = await store.append(batch)
    if (dies) process.kill(process.pid, 'SIGKILL')
    return outcome
  },
}

const compiled = await compileFile(specPath)
if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
const runtime = createRuntime({ store: mortal, environment: process.env })
const stream =
  runId === undefined ? runtime.start(compiled, 'Go', { session: 'crash' }) : runtime.resume(runId)
for await (const event of stream) {
  if (event.type === 'run.started') process.stdout.write(`${event.run_id}\n`)
}
process.stdout.write(`${appends}\n`)
await runtime.close()
