import { afterEach, describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRunner } from '../../../src/runtime/create-runner.ts'
import type { Runner } from '../../../src/runtime/create-runner.ts'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { RunState } from '../../../src/runtime/documents/run-state-handle.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { recordOf } from '../../../src/runtime/state/record.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { deskSpec, inDoubtJournal, KEY, makeRun } from './support.ts'

const SCRIPT: readonly ScriptStep[] = [
  {
    tool_calls: [
      { name: 'write', arguments: { n: 1 } },
      { name: 'write', arguments: { n: 2 } },
    ],
  },
  { text: 'done' },
]
const spec: Program = deskSpec(SCRIPT)

const open: Runner[] = []

afterEach(async () => {
  for (const runner of open.splice(0)) await runner[Symbol.asyncDispose]()
})

const runnerOver = (store: RunStore, key: string | null = KEY): Promise<Runner> => runnerOf(spec, store, key)

async function runnerOf(program: Program, store: RunStore, key: string | null = KEY): Promise<Runner> {
  const runner = await createRunner(program, {
    store,
    environment: key === null ? {} : { AGENTSPEC_STATE_KEY: key },
  })
  open.push(runner)
  return runner
}

async function paused(
  key: string | null = KEY,
): Promise<{ readonly store: RunStore; readonly runner: Runner; readonly state: RunState }> {
  const store = memoryStore()
  const runner = await runnerOver(store, key)
  const { state } = await runner.run('Go', { context: { customer: '12' } })
  return { store, runner, state }
}

function ofType<T extends JournalEvent['type']>(
  events: readonly JournalEvent[],
  type: T,
): readonly (JournalEvent & { type: T })[] {
  return events.filter((event): event is JournalEvent & { type: T } => event.type === type)
}

describe('the state of a paused run', () => {
  test('lists its calls, takes decisions, and is carried out by resume', async () => {
    const { runner, state } = await paused()
    const [first, second] = state.interruptions
    if (first === undefined || second === undefined) throw new Error('two calls wait')
    state.approve(first, { args: { n: 5 }, by: 'ana', reason: 'small' })
    expect(state.interruptions.map((call) => call.call_id)).toEqual(['call_1_2'])
    state.reject(second, { message: 'not this one' })
    expect(state.interruptions).toEqual([])
    const result = await runner.resume(state)
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    const events = await runner.runtime.events(state.run_id)
    expect(ofType(events, 'tool.started').map((event) => event.arguments)).toEqual([{ n: 5 }])
    expect(ofType(events, 'approval.decided')).toMatchObject([
      { call_id: 'call_1_1', decision: 'approve', by: 'ana', reason: 'small', arguments: { n: 5 } },
      { call_id: 'call_1_2', decision: 'reject', by: 'program', message: 'not this one' },
    ])
  })

  test('keeps the last of two decisions on one call', async () => {
    const { runner, state } = await paused()
    state.approve('call_1_1')
    state.reject('call_1_1', { message: 'no' })
    state.reject('#5')
    state.approve('#5', { always: true })
    expect(state.staged()).toEqual([
      { calls: ['#4'], decision: 'reject', by: 'program', message: 'no' },
      { calls: ['#5'], decision: 'approve', by: 'program', always: true },
    ])
    await runner.resume(state)
    const events = await runner.runtime.events(state.run_id)
    expect(ofType(events, 'approval.decided').map((event) => event.decision)).toEqual(['reject', 'approve'])
  })

  test('refuses what cannot be decided, at once', async () => {
    const { runner, state } = await paused()
    const [first] = state.interruptions
    expect(() => state.approve('call_9')).toThrow(
      expect.objectContaining({ name: 'UsageFailure', code: 'unknown_call' }),
    )
    expect(() => state.approve({ request: 4, call_id: 'call_9' })).toThrow(
      expect.objectContaining({ code: 'unknown_call' }),
    )
    expect(() => state.approve('call_1_1', { result: 1 })).toThrow(
      expect.objectContaining({ code: 'result_not_wanted' }),
    )
    expect(state.staged()).toEqual([])
    await runner.decide(state.run_id, { calls: ['call_1_1'], decision: 'reject', by: 'ana' })
    const later = new RunState(await runner.runtime.exportState(state.run_id), KEY)
    expect(() => later.approve('call_1_1')).toThrow(
      expect.objectContaining({ name: 'ConflictFailure', code: 'decided_otherwise' }),
    )
    later.reject('call_1_1')
    expect(later.staged()).toEqual([])
    later.reject('call_1_2')
    const { state: ended } = await runner.resume(later)
    if (first === undefined) throw new Error('a call waits')
    expect(() => ended.approve(first)).toThrow(expect.objectContaining({ code: 'nothing_pending' }))
    expect(() => ended.addInput('More')).toThrow(expect.objectContaining({ code: 'run_ended' }))
  })

  test('is independent of another state of the same run', async () => {
    const { store, state } = await paused()
    const runner = await runnerOver(store)
    const other = RunState.fromString(state.toString(), { key: KEY })
    state.approve('call_1_1')
    other.addInput('Hurry')
    expect([state.interruptions.length, other.interruptions.length]).toEqual([1, 2])
    expect([state.stagedInput, other.staged()]).toEqual([[], []])
    expect(await runner.resume(state)).toMatchObject({ status: 'paused' })
    await expect(runner.resume(other)).rejects.toMatchObject({ name: 'ConflictFailure', code: 'stale_state' })
  })

  test('adds input before the next model call', async () => {
    const { runner, state } = await paused()
    for (const call of state.interruptions) state.approve(call)
    state.addInput('Also this')
    const item = { role: 'user', content: 'and that' }
    state.addInput([item])
    item.content = 'changed afterwards'
    await runner.resume(state)
    const events = await runner.runtime.events(state.run_id)
    expect(ofType(events, 'input.added').flatMap((event) => event.items)).toMatchObject([
      { content: 'Also this' },
      { content: 'and that' },
    ])
  })

  test('takes back nothing that others decided meanwhile', async () => {
    const { runner, state } = await paused()
    await runner.decide(state.run_id, { calls: ['call_1_2'], decision: 'reject', by: 'ana' })
    state.approve('call_1_1')
    expect(await runner.resume(state)).toMatchObject({ status: 'completed' })
    const { state: again } = await paused()
    again.approve('call_1_2')
    expect(again.interruptions).toHaveLength(1)
  })
})

describe('a state as text', () => {
  test('carries staged decisions and input into another process, over the same store', async () => {
    const { store, state } = await paused()
    state.approve('call_1_1')
    state.reject('call_1_2', { message: 'no' })
    state.addInput('Hurry')
    const text = state.toString()
    const restored = RunState.fromString(text, { key: KEY })
    expect(restored.interruptions).toEqual([])
    const elsewhere = await runnerOver(store)
    expect(await elsewhere.resume(restored)).toMatchObject({ status: 'completed' })
    const events = await elsewhere.runtime.events(state.run_id)
    expect(ofType(events, 'approval.decided').map((event) => event.decision)).toEqual(['approve', 'reject'])
    expect(ofType(events, 'input.added')).toHaveLength(1)
  })

  test('can be resumed again after a resume that came no further than its decisions', async () => {
    const { store, state } = await paused()
    state.approve('call_1_1')
    state.reject('call_1_2')
    state.addInput('Hurry')
    const text = state.toString()
    const runner = await runnerOver(store)
    const { orders, input } = RunState.fromString(text, { key: KEY }).resumption(
      await runner.runtime.events(state.run_id),
    )
    for (const order of orders) await runner.decide(state.run_id, order)
    const journal = await runner.runtime.events(state.run_id)
    const added = {
      type: 'input.added',
      run_id: state.run_id,
      seq: journal.length + 1,
      at: '2026-11-01T00:00:00.000Z',
      items: input,
    } as const
    const record = recordOf(foldJournal([...journal, added]))
    await store.append({ run_id: state.run_id, after: journal.length, lease: null, events: [added], record })
    expect(await runner.resume(RunState.fromString(text, { key: KEY }))).toMatchObject({
      status: 'completed',
    })
    const events = await runner.runtime.events(state.run_id)
    expect(ofType(events, 'approval.decided')).toHaveLength(2)
    expect(ofType(events, 'input.added')).toHaveLength(1)
  })

  test('carries staged decisions into another store that has the spec', async () => {
    const { state } = await paused()
    for (const call of state.interruptions) state.approve(call)
    const store = memoryStore()
    const elsewhere = await runnerOver(store)
    await elsewhere.run('archives the spec')
    expect(await elsewhere.resume(RunState.fromString(state.toString(), { key: KEY }))).toMatchObject({
      status: 'completed',
    })
  })

  test('is the same text for the same state', async () => {
    const { state } = await paused()
    state.approve('call_1_1', { args: { n: 3 } })
    const text = state.toString()
    expect(state.toString()).toBe(text)
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
    expect(RunState.fromString(text, { key: KEY }).toString()).toBe(text)
    expect(JSON.stringify(state)).toBe(JSON.stringify(state.toJSON()))
  })

  test('with decisions needs a key, so that they count where it is read', async () => {
    const { runner, state } = await paused(null)
    expect(RunState.fromString(state.toString(), { key: null }).interruptions).toHaveLength(2)
    state.approve('call_1_1')
    const missing = expect.objectContaining({ name: 'UsageFailure', code: 'state_key_missing' })
    expect(() => state.toString()).toThrow(missing)
    expect(() => state.toJSON()).toThrow(missing)
    await runner.decide(state.run_id, { calls: ['call_1_1'], decision: 'approve', by: 'ana' })
    const decided = new RunState(await runner.runtime.exportState(state.run_id), null)
    expect(() => decided.toString()).toThrow(missing)
  })

  test('decides nothing when nobody vouches for it', async () => {
    const { store, state } = await paused()
    state.approve('call_1_1', { always: true })
    for (const key of [null, 'another key']) {
      const restored = RunState.fromString(state.toString(), { key })
      expect(restored.interruptions).toHaveLength(2)
      const elsewhere = await runnerOver(store)
      expect(await elsewhere.resume(restored)).toMatchObject({ status: 'paused', interruptions: [{}, {}] })
    }
  })

  test('does not gain trust by being sealed anew', async () => {
    const { state } = await paused()
    const { journal } = RunState.fromString(state.toString(), { key: KEY }).toJSON()
    state.approve('call_1_1')
    const forged = documentOf(state.toJSON().journal)
    expect(forged.journal.length).toBe(journal.length + 1)
    const laundered = RunState.fromString(JSON.stringify(forged), { key: KEY })
    expect(RunState.fromString(laundered.toString(), { key: KEY }).interruptions).toHaveLength(2)
    const constructed = new RunState(forged, KEY)
    expect(RunState.fromString(constructed.toString(), { key: KEY }).interruptions).toHaveLength(2)
  })

  test('that is none is refused', () => {
    for (const text of ['', 'no JSON', 'null', '{}']) {
      expect(() => RunState.fromString(text, { key: null })).toThrow(
        expect.objectContaining({ name: 'UsageFailure', code: 'invalid_document' }),
      )
    }
  })

  test('that was changed under its seal is refused', async () => {
    const { state } = await paused()
    const changed = state.toString().replace('"content":"Go"', '"content":"Stop"')
    expect(() => RunState.fromString(changed, { key: KEY })).toThrow(
      expect.objectContaining({ code: 'broken_seal' }),
    )
  })

  test('replaces the context when asked to, and nothing else', async () => {
    const { store, state } = await paused()
    const restored = RunState.fromString(state.toString(), { key: KEY, context: { customer: '13' } })
    expect(restored.replacedContext).toEqual({ customer: '13' })
    for (const call of restored.interruptions) restored.reject(call)
    const elsewhere = await runnerOver(store)
    const before = foldJournal(await elsewhere.runtime.events(state.run_id))
    expect(await elsewhere.resume(restored)).toMatchObject({
      status: 'completed',
      usage: { requests: before.usage.requests + 1 },
    })
    expect((await elsewhere.runtime.show(state.run_id)).context).toEqual({ customer: '13' })
  })

  test('with a context that does not fit changes nothing, decisions included', async () => {
    const store = memoryStore()
    const schema = { type: 'object', properties: { customer: { type: 'string' } } }
    const runner = await runnerOf({ ...spec, context: { ...spec.context, schema } }, store)
    const { state } = await runner.run('Go', { context: { customer: '12' } })
    const restored = RunState.fromString(state.toString(), { key: KEY, context: { customer: 13 } })
    for (const call of restored.interruptions) restored.approve(call)
    const before = await runner.runtime.events(state.run_id)
    await expect(runner.resume(restored)).rejects.toMatchObject({ code: 'invalid_context' })
    expect(await runner.runtime.events(state.run_id)).toEqual(before)
  })

  test('needs what is sensitive in the context again in another process, and not in the same', async () => {
    const schema = { type: 'object', properties: { customer: { type: 'string', 'x-sensitive': true } } }
    const sensitive = { ...spec, context: { ...spec.context, schema } }
    const store = memoryStore()
    const { state } = await (
      await runnerOf(sensitive, store)
    ).run('Go', { context: { customer: 'who-it-is' } })
    expect(state.toString()).not.toContain('who-it-is')
    const elsewhere = await runnerOf(sensitive, store)
    const [first, second] = state.interruptions
    if (first === undefined || second === undefined) throw new Error('two calls wait')
    const bare = RunState.fromString(state.toString(), { key: KEY })
    bare.approve(first)
    await expect(elsewhere.resume(bare)).rejects.toMatchObject({ code: 'sensitive_context_missing' })
    const given = RunState.fromString(state.toString(), { key: KEY, context: { customer: 'who-it-is' } })
    given.reject(first)
    const half = await elsewhere.resume(given)
    expect(half.status).toBe('paused')
    half.state.reject(second)
    expect(await elsewhere.resume(half.state)).toMatchObject({ status: 'completed' })
    expect((await elsewhere.runtime.show(state.run_id)).context).toEqual({
      customer: '[redacted:context.customer]',
    })
  })
})

test('a call in doubt is answered with its result', async () => {
  const { run_id } = await makeRun('through approvals')
  const journal = await inDoubtJournal()
  const store = memoryStore()
  const runner = await createRunner((await makeRun('through approvals')).spec, { store, environment: {} })
  open.push(runner)
  await runner.run('archives the spec')
  const started = RunState.fromString(JSON.stringify(documentOf(journal)), { key: null })
  const { state } = await runner.resume(started)
  expect(state.interruptions).toMatchObject([{ kind: 'in_doubt' }])
  state.approve('call_1_1', { result: 'it did happen' })
  expect(await runner.resume(state)).toMatchObject({ run_id, status: 'completed' })
})
