import { describe, expect, test } from 'vitest'
import { exportRun } from '../../../src/runtime/documents/export-run.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { canonicalJson } from '../../../src/util/canonical-json.ts'
import { asJson, HOLDER, makeRun, portsOver, runtimeOver } from './support.ts'

describe('a run that moves', () => {
  test.for(['paused', 'decided', 'failed', 'in a session'])(
    '(%s) ends here and goes on elsewhere',
    async (name) => {
      const { runtime, run_id } = await makeRun(name)
      const plain = await runtime.exportState(run_id, { bundle: true })
      const document = await runtime.exportState(run_id, { bundle: true, move: true })
      expect(document).toEqual(plain)
      expect(await runtime.show(run_id)).toMatchObject({ status: 'cancelled', interruptions: [] })
      expect((await runtime.events(run_id)).at(-1)).toMatchObject({ type: 'run.cancelled', by: 'moved' })
      expect((await runtime.list())[0]).toMatchObject({ status: 'cancelled', driven: false })
      await expect(runtime.resume(run_id).result).rejects.toMatchObject({ code: 'run_ended' })
      const away = runtimeOver(memoryStore())
      expect(await away.importState(asJson(document))).toEqual({ run_id, status: document.status })
    },
  )

  test('gives the same document when it is asked again, for a file that was lost', async () => {
    const { runtime, run_id } = await makeRun('paused')
    const first = await runtime.exportState(run_id, { move: true })
    expect(canonicalJson(await runtime.exportState(run_id, { move: true }))).toBe(canonicalJson(first))
    expect((await runtime.events(run_id)).filter((event) => event.type === 'run.cancelled')).toHaveLength(1)
  })

  test.for(['completed', 'cancelled'])('(%s) has nothing to end any more', async (name) => {
    const { runtime, run_id } = await makeRun(name)
    const before = await runtime.events(run_id)
    const document = await runtime.exportState(run_id, { move: true })
    expect(document.status).toBe(name)
    expect(await runtime.events(run_id)).toEqual(before)
  })

  test('stays while a live process drives it', async () => {
    const { runtime, run_id } = await makeRun('paused')
    const { store } = runtime
    const holder = { ...HOLDER, driver_id: 'driver' }
    await store.acquireLease({ run_id, session_id: null, holder, isGone: () => false })
    const before = await runtime.events(run_id)
    await expect(exportRun(portsOver(store), run_id, { move: true })).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'run_busy',
    })
    expect(await runtime.events(run_id)).toEqual(before)
  })

  test('takes along what was decided while its document was made', async () => {
    const { runtime, run_id } = await makeRun('paused')
    let appends = 0
    const store: RunStore = {
      ...runtime.store,
      async append(batch) {
        appends += 1
        if (appends === 1)
          await runtime.decide(run_id, { calls: ['call_1_1'], decision: 'approve', by: 'ana' })
        return await runtime.store.append(batch)
      },
    }
    const document = await exportRun(portsOver(store), run_id, { move: true })
    expect(appends).toBe(2)
    expect(document.interruptions.map((call) => call.call_id)).toEqual(['call_1_2'])
    expect((await runtime.events(run_id)).slice(-2).map((event) => event.type)).toEqual([
      'approval.decided',
      'run.cancelled',
    ])
  })

  test('is free for others afterwards', async () => {
    const { runtime, run_id } = await makeRun('paused')
    await runtime.exportState(run_id, { move: true })
    expect((await runtime.store.readRun(run_id))?.holder).toBeNull()
  })

  test('has to be there', async () => {
    const runtime = runtimeOver(memoryStore())
    await expect(runtime.exportState('run_none', { move: true })).rejects.toMatchObject({
      code: 'unknown_run',
    })
    expect(await runtime.list()).toEqual([])
  })
})
