/** A run that is interrupted at one event, moved to another store as a document, and brought to its end there. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { compileFile } from '../../src/compiler/compile.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import type { CompiledSpec } from '../../src/runtime/link/compiled-spec.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import type { JournalEvent } from '../../src/runtime/state/events.ts'
import { memoryStore } from '../../src/runtime/store/memory/memory-store.ts'
import { bodiesRun, createWideWorkspace, TRACED } from '../support/wide-run.ts'
import { transcriptOf } from '../support/wide-transcript.ts'
import { driveToEnd } from './drive-to-end.ts'

const environment = { AGENTSPEC_STATE_KEY: 'a-key-that-both-sides-know' }

async function compileIn(folder: string): Promise<CompiledSpec> {
  const compiled = await compileFile(join(folder, 'spec.yaml'))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return compiled
}

/** The journal of a run that nobody disturbed. */
export async function undisturbedJournal(): Promise<readonly JournalEvent[]> {
  using workspace = createWideWorkspace()
  const runtime = createRuntime({ store: memoryStore(), environment })
  const spec = await compileIn(workspace.path)
  const { result } = await driveToEnd(runtime, spec, workspace.path)
  const journal = await runtime.events(result.run_id)
  await runtime.close()
  return journal
}

/** Drives, approving everything, until this many events were seen; then walks away from whatever is under way. */
async function driveUntil(
  runtime: Runtime,
  spec: CompiledSpec,
  folder: string,
  limit: number,
): Promise<string> {
  let stream = runtime.start(spec, 'Go', { session: 'wide', context: { folder } })
  let seen = 0
  for (;;) {
    let id = ''
    for await (const event of stream) {
      if ('seq' in event) seen = event.seq
      if ('run_id' in event) id = event.run_id
      if (seen >= limit) return id
    }
    const { status, interruptions } = await runtime.show(id)
    if (status !== 'paused') return id
    await runtime.decide(id, { calls: 'all', decision: 'approve', by: 'test' })
    seen += interruptions.length
    if (seen >= limit) return id
    stream = runtime.resume(id)
  }
}

/** Fails unless the run ends as the undisturbed one did, with no journaled body run again. */
export async function expectMovable(limit: number, undisturbed: readonly JournalEvent[]): Promise<void> {
  using workspace = createWideWorkspace()
  const folder = workspace.path
  const spec = await compileIn(folder)
  const here = createRuntime({ store: memoryStore(), environment })
  const id = await driveUntil(here, spec, folder, limit)
  const document = JSON.parse(JSON.stringify(await here.exportState(id, { bundle: true }))) as unknown
  const moved = await here.events(id)
  await here.close()

  const there = createRuntime({ store: memoryStore(), environment })
  await there.importState(document, { trustSpec: true })
  const { status } = await there.show(id)
  if (status !== 'completed') await driveToEnd(there, spec, folder)
  const journal = await there.events(id)
  expect([limit, transcriptOf(journal)]).toEqual([limit, transcriptOf(undisturbed)])
  const completed = moved.flatMap((event) => (event.type === 'tool.completed' ? [event.call_id] : []))
  const bodies = bodiesRun(folder)
  for (const callId of TRACED.filter((one) => completed.includes(one))) {
    expect([limit, callId, bodies[callId]]).toEqual([limit, callId, 1])
  }
  await there.close()
}
