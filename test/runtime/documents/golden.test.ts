/**
 * Documents that a release has written. They stay as they are for ever, and every later release reads them: a new kind of run
 * gets a new file, a new format a new folder.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { exportRun } from '../../../src/runtime/documents/export-run.ts'
import { RunState } from '../../../src/runtime/documents/run-state-handle.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import type { OpenedRunStore } from '../../../src/testing/conformance/run-store-suite.ts'
import { canonicalJson } from '../../../src/util/canonical-json.ts'
import { openTemporaryStore } from '../store/temporary-store.ts'
import { portsOver, runtimeOver } from './support.ts'

const KEY = 'the key of the golden documents'
const FOLDER = new URL('golden/v1/', import.meta.url)
const NAMES = readdirSync(FOLDER)

const open: OpenedRunStore[] = []

afterEach(async () => {
  for (const opened of open.splice(0)) {
    await opened.store.close()
    await opened.close()
  }
})

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8')
}

async function importedInto(
  store: RunStore,
  name: string,
): Promise<{ readonly runtime: Runtime; readonly run_id: string; readonly status: string }> {
  const runtime = runtimeOver(store, KEY)
  return { runtime, ...(await runtime.importState(JSON.parse(read(name)), { trustSpec: true })) }
}

test('no golden document is lost', () => {
  expect(NAMES).toEqual(
    expect.arrayContaining([
      'acting.json',
      'decided.json',
      'failed.json',
      'handed-off.json',
      'in-doubt.json',
      'paused-inside.json',
      'paused.json',
      'reaching.json',
    ]),
  )
})

describe.for(NAMES)('the golden document %s', (name) => {
  test('is imported into a file, with its seal if it has one, and says the same', async () => {
    const opened = await openTemporaryStore()
    open.push(opened)
    const { runtime, run_id, status } = await importedInto(opened.store, name)
    const document = JSON.parse(read(name))
    expect(status).toBe(document.status)
    expect(await runtime.show(run_id)).toMatchObject({
      interruptions: document.interruptions,
      spec: document.spec,
    })
    expect(await runtime.events(run_id)).toHaveLength(document.journal.length)
  })

  test('is a state that programs hold', () => {
    const state = RunState.fromString(read(name), { key: KEY })
    expect(state.interruptions).toEqual(JSON.parse(read(name)).interruptions)
    expect(RunState.fromString(state.toString(), { key: KEY }).toString()).toBe(state.toString())
  })
})

test('a sealed one is exported to the same bytes', async () => {
  for (const name of [
    'acting.json',
    'decided.json',
    'handed-off.json',
    'in-doubt.json',
    'paused.json',
    'paused-inside.json',
    'reaching.json',
  ]) {
    const store = memoryStore()
    const { run_id } = await importedInto(store, name)
    const document = await exportRun(portsOver(store, KEY), run_id, { bundle: true })
    expect(canonicalJson(document), name).toBe(canonicalJson(JSON.parse(read(name))))
  }
})

describe('a golden run goes on', () => {
  test('once its call is approved: what was shown is still what would run', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'paused.json')
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect((await runtime.show(run_id)).context).toEqual({ written: 1 })
  })

  test('with leave for what runs at the provider, and without what this folder was not asked for', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'acting.json')
    await runtime.decide(run_id, { calls: ['m2'], decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({
      status: 'paused',
      interruptions: [{ kind: 'shell' }, { kind: 'apply_patch' }],
    })
  })

  test('without its server, and with what is sensitive in its context given again', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'reaching.json')
    expect((await runtime.show(run_id)).interruptions).toMatchObject([
      { kind: 'mcp', tool: 'write_file' },
      { kind: 'http', arguments: { order: 7, card: '[redacted:args.card]' } },
    ])
    await runtime.decide(run_id, { calls: 'all', decision: 'reject', by: 'ana' })
    await expect(runtime.resume(run_id).result).rejects.toMatchObject({ code: 'sensitive_context_missing' })
    const context = { customer: 7, token: 'another-token' }
    expect(await runtime.resume(run_id, { context }).result).toMatchObject({
      status: 'completed',
      final_output: 'done',
    })
    expect((await runtime.show(run_id)).context).toEqual({ customer: 7, token: '[redacted:context.token]' })
  })

  test('with the decisions it brought', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'decided.json')
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect((await runtime.show(run_id)).context).toEqual({ written: 7 })
  })

  test('from the innermost call outwards', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'paused-inside.json')
    expect((await runtime.show(run_id)).interruptions.map((call) => call.path.length)).toEqual([1, 2])
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', final_output: 'done' })
  })

  test('after somebody has said what became of its call', async () => {
    const { runtime, run_id } = await importedInto(memoryStore(), 'in-doubt.json')
    expect(await runtime.resume(run_id).result).toMatchObject({
      status: 'paused',
      interruptions: [{ kind: 'in_doubt' }],
    })
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana', result: 'wrote 7' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', final_output: 'done' })
  })
})
