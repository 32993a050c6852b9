import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { appendFromOutside } from '../../../src/runtime/operations/append-from-outside.ts'
import { systemClock } from '../../../src/runtime/ports.ts'
import { userMessage } from '../../../src/runtime/state/item.ts'
import type { EventOf } from '../../../src/runtime/state/events.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { rootFrame } from '../../../src/runtime/state/run-state.ts'
import type { JournalBatch } from '../../../src/runtime/store/run-store.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { agent, compiled, functionTool } from '../../support/program.ts'
import { runtimeOver, types } from '../../support/runs.ts'
import { agentTool, byHandler, byRegex, drain, guarded, guardLog, openGate } from './support.ts'

const blocking = { run_in_parallel: false }
const looks = (log: readonly unknown[]): number => log.filter((entry) => Array.isArray(entry)).length
const call = (name: string, args = {}): ScriptStep => ({ tool_calls: [{ name, arguments: args }] })

describe('a blocking input guardrail', () => {
  const spec = guarded({
    guardrails: { g: byRegex('bad', blocking) },
    main: { input_guardrails: ['g'] },
  })

  test('ends the run before its turn begins: the model is never asked', async () => {
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(spec), 'bad')
    const events = await drain(stream)
    const result = await stream.result
    expect(result).toMatchObject({
      status: 'failed',
      turns: 0,
      final_output: null,
      usage: { requests: 0 },
      error: {
        code: 'guardrail_tripped',
        message: 'Guardrail g tripped on the input of main',
        agent: 'main',
      },
    })
    expect(events.map((event) => event.type)).toEqual(['run.started', 'guardrail.tripped', 'run.failed'])
  })

  test('trips and fails the run in one commit', async () => {
    const batches: JournalBatch[] = []
    const store = memoryStore()
    const watched = { ...store, append: (batch: JournalBatch) => (batches.push(batch), store.append(batch)) }
    const runtime = createRuntime({ store: watched, environment: {} })
    await runtime.start(compiled(spec), 'bad').result
    await runtime.close()
    expect(batches.at(-1)?.events.map((event) => event.type)).toEqual(['guardrail.tripped', 'run.failed'])
  })

  test('leaves the input in the session, and a run that cannot be resumed', async () => {
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(spec), 'bad', { session: 's' }).result
    const { items } = await runtime.store.sessions.read('s')
    expect(items).toEqual([{ type: 'message', role: 'user', content: 'bad' }])
    await expect(runtime.resume(run_id).result).rejects.toMatchObject({ code: 'run_ended' })
  })

  test('judges before those start that run beside the model', async () => {
    const log = guardLog()
    const both = guarded({
      guardrails: { first: byRegex('bad', blocking), second: byHandler('look') },
      main: { input_guardrails: ['second', 'first'] },
    })
    await runtimeOver().start(compiled(both), 'bad').result
    expect(looks(log)).toBe(0)
    await runtimeOver().start(compiled(both), 'good').result
    expect(looks(log)).toBe(1)
  })
})

describe('an input guardrail beside the model', () => {
  test('stops a model call under way at once', async () => {
    const spec = guarded({
      script: [{ text: 'far too late', delay: 3_600_000 }],
      guardrails: { g: byRegex('bad') },
      main: { input_guardrails: ['g'] },
    })
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(spec), 'bad').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(await types(runtime, result.run_id)).toEqual([
      'run.started',
      'turn.started',
      'guardrail.tripped',
      'run.failed',
    ])
  })

  /** Says its verdict once the model has answered with a call. */
  async function lateVerdict(tripped: boolean) {
    const log = guardLog()
    const say = openGate()
    const spec = guarded({
      script: [call('read', { of: 'x' }), { text: 'fine' }],
      guardrails: { g: byHandler('waits') },
      main: { input_guardrails: ['g'] },
    })
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(spec), 'Go', { session: 's' })
    const events: RunEvent[] = []
    for await (const event of stream) {
      events.push(event)
      const isAnswered = event.type === 'model.delta' && JSON.stringify(event.data).includes('completed')
      // The response itself follows within this turn of the event loop.
      if (isAnswered) setImmediate(() => say(tripped))
    }
    return { runtime, log, result: await stream.result }
  }

  test('that trips when the model has answered lets nothing of the answer happen; it still counts', async () => {
    const { runtime, log, result } = await lateVerdict(true)
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(result.usage.requests).toBe(1)
    expect(log).toEqual(['waits'])
    const events = await runtime.events(result.run_id)
    expect(events.slice(2)).toMatchObject([
      { type: 'model.responded', withheld: true, items: [], attempts: 1 },
      { type: 'guardrail.tripped', where: 'input' },
      { type: 'run.failed' },
    ])
    expect((await runtime.store.sessions.read('s')).items).toHaveLength(1)
  })

  test('that lets pass late holds the answer back until then', async () => {
    const { log, result } = await lateVerdict(false)
    expect(result).toMatchObject({ status: 'completed', final_output: 'fine' })
    expect(log).toEqual(['waits', 'body read'])
  })

  test('that cannot judge stops the model call, and the run can be resumed', async () => {
    const spec = guarded({
      script: [{ text: 'late', delay: 3_600_000 }],
      guardrails: { g: byHandler('breaks') },
      main: { input_guardrails: ['g'] },
    })
    const runtime = runtimeOver()
    const { run_id, error } = await runtime.start(compiled(spec), 'Go').result
    expect(error?.code).toBe('guardrail_failed')
    const again = await runtime.resume(run_id).result
    expect(again.error?.code).toBe('guardrail_failed')
  })

  test('that never answers does not keep a run from being stopped', async () => {
    const spec = guarded({ guardrails: { g: byHandler('ends') }, main: { input_guardrails: ['g'] } })
    const runtime = runtimeOver()
    const stream = runtime.start(compiled(spec), 'Go')
    for await (const event of stream) if (event.type === 'model.delta') stream.stop('now')
    expect((await stream.result).status).toBe('interrupted')
  })
})

describe('input is judged once', () => {
  const log = (): readonly unknown[] => guardLog()
  const guards = { guardrails: { g: byHandler('look') }, main: { input_guardrails: ['g'] } }

  test('and not again after a pause', async () => {
    const seen = log()
    const spec = guarded({ ...guards, script: [call('write', { n: 1 }), { text: 'done' }] })
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', turns: 2 })
    expect(looks(seen)).toBe(1)
  })

  test('and not again when an answer that was journaled is asked for anew', async () => {
    const seen = log()
    const refusal = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] }
    const spec = guarded({ ...guards, script: [{ items: [refusal] }, { text: 'done' }] })
    const runtime = runtimeOver()
    const { run_id, error } = await runtime.start(compiled(spec), 'Go').result
    expect(error?.code).toBe('model_refusal')
    expect((await runtime.resume(run_id).result).status).toBe('completed')
    expect(looks(seen)).toBe(1)
  })

  test('but again where no answer came', async () => {
    const seen = log()
    const spec = guarded({ ...guards, script: [{ error: { status: 400, message: 'no' } }, { text: 'done' }] })
    const runtime = runtimeOver()
    const { run_id, error } = await runtime.start(compiled(spec), 'Go').result
    expect(error?.code).toBe('model_error')
    expect((await runtime.resume(run_id).result).status).toBe('completed')
    expect(looks(seen)).toBe(2)
  })

  test('by the first agent alone, and by the guardrails of the run', async () => {
    const seen = log()
    const handoff = { agent: 'other', tool_name: 'transfer_to_other', tool_description: '', enabled: true }
    const spec = guarded({
      guardrails: { g: byHandler('look'), never: byRegex('.') },
      main: { handoffs: [handoff] },
      run: { input_guardrails: ['g'] },
      agents: { other: agent({ input_guardrails: ['never'] }) },
      script: [{ handoff: 'other' }, { text: 'done' }],
    })
    expect(await runtimeOver().start(compiled(spec), 'Go').result).toMatchObject({ status: 'completed' })
    expect(looks(seen)).toBe(1)
  })

  test('for a nested run by its own agent and by those of the run', async () => {
    const seen = log()
    const spec = guarded({
      guardrails: { g: byHandler('look'), own: byRegex('bad') },
      run: { input_guardrails: ['g'] },
      scripts: {
        main: [call('research', { input: 'fine' }), call('research', { input: 'bad' }), { text: 'done' }],
        researcher: [{ text: 'found' }, { text: 'found' }],
      },
      tools: { research: agentTool('research', 'researcher') },
      agents: { researcher: agent({ input_guardrails: ['own'] }) },
    })
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(looks(seen)).toBe(3)
    const done = (await runtime.events(result.run_id)).filter(
      (event): event is EventOf<'tool.completed'> => event.type === 'tool.completed',
    )
    expect(done.map((event) => event.output)).toEqual([
      'found',
      expect.stringContaining('Guardrail own tripped on the input of researcher'),
    ])
  })
})

describe('input added to a paused run (scenario 27)', () => {
  const script = [call('write', { n: 1 }), { text: 'done' }]
  const added = async (guardrail: ReturnType<typeof byRegex>, input: string) => {
    const spec = guarded({ script, guardrails: { g: guardrail }, main: { input_guardrails: ['g'] } })
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(spec), 'Go', { session: 's' }).result
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    const result = await runtime.resume(run_id, { input }).result
    const { items } = rootFrame(foldJournal(await runtime.events(run_id)))
    return { runtime, result, said: items.map((item) => item['content'] ?? item['type']) }
  }

  test('is judged alone, and comes after the output of the tool, exactly once', async () => {
    const seen = guardLog()
    const { result, said } = await added(byHandler('look'), 'And this?')
    expect(result.status).toBe('completed')
    expect(seen.filter((entry) => Array.isArray(entry))).toMatchObject([
      [{ input: 'Go' }, {}],
      [{ input: 'And this?' }, {}],
    ])
    expect(said.slice(0, 4)).toEqual(['Go', 'function_call', 'function_call_output', 'And this?'])
    expect(said.filter((text) => text === 'And this?')).toHaveLength(1)
  })

  test.each([true, false])('ends the run when it trips, and stays in the session (%s)', async (parallel) => {
    const { runtime, result, said } = await added(byRegex('bad', { run_in_parallel: parallel }), 'bad')
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(said).toEqual(['Go', 'function_call', 'function_call_output', 'bad'])
    expect((await runtime.store.sessions.read('s')).items).toHaveLength(4)
  })
})

test('guardrails that say nothing are not part of a run without them', async () => {
  const runtime = runtimeOver()
  const spec = guarded({ guardrails: {}, tools: { read: functionTool('read') } })
  const { run_id } = await runtime.start(compiled(spec), 'Go').result
  const responded = (await runtime.events(run_id)).find((event) => event.type === 'model.responded')
  expect(Object.keys(responded ?? {})).not.toContain('judged_input')
})

test('input that somebody adds while the input is judged is not given to the model unjudged', async () => {
  const log = guardLog()
  const say = openGate()
  const spec = guarded({
    guardrails: { first: byHandler('waits', blocking), g: byHandler('look') },
    main: { input_guardrails: ['first', 'g'] },
  })
  const runtime = runtimeOver()
  const stream = runtime.start(compiled(spec), 'Go')
  for await (const event of stream) {
    if (event.type !== 'run.started') continue
    const { store } = runtime
    await appendFromOutside({ store, clock: systemClock() }, event.run_id, async () => ({
      drafts: [{ type: 'input.added', items: [userMessage('And this?')] }],
      value: null,
    }))
    say(false)
  }
  expect(await stream.result).toMatchObject({ status: 'completed', turns: 1 })
  expect(log).toMatchObject(['waits', 'waits', [{ input: 'Go\nAnd this?' }, {}]])
})
