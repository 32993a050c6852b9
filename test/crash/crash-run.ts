/**
 * Drives the only run of a store to its end, approving what it asks for, and dies with SIGKILL at one append: before it, or
 * right after it became durable. AT is the number of the append, or `TYPE:CALL` of an event in it.
 * Arguments: FOLDER STORE AT before|after.
 */
import { join } from 'node:path'
import { compileFile } from '../../src/compiler/compile.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import type { JournalEvent } from '../../src/runtime/state/events.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { RunStore } from '../../src/runtime/store/run-store.ts'
import { driveToEnd } from './drive-to-end.ts'

const [folder = '', storeUrl = '', at = '0', when = 'before'] = process.argv.slice(2)

const nameOf = (event: JournalEvent): string =>
  'call_id' in event ? `${event.type}:${event.call_id}` : event.type

let appends = 0
const store = await openStore(storeUrl, { cwd: folder })
const mortal: RunStore = {
  ...store,
  async append(batch) {
    appends += 1
    const dies = appends === Number(at) || batch.events.some((event) => nameOf(event) === at)
    if (dies && when === 'before') process.kill(process.pid, 'SIGKILL')
    const outcome = await store.append(batch)
    if (dies) process.kill(process.pid, 'SIGKILL')
    return outcome
  },
}

const compiled = await compileFile(join(folder, 'spec.yaml'))
if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
const runtime = createRuntime({ store: mortal, environment: process.env })
await driveToEnd(runtime, compiled, folder)
await runtime.close()
