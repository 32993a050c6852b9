import { describe, expect, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { RunResult } from '../../../src/runtime/run-result.ts'
import type { Runtime, StartOptions } from '../../../src/runtime/runtime.ts'
import { compiled, functionTool, program } from '../../support/program.ts'
import { call, outputs, read, runtimeOver, SOURCE, write } from '../../support/runs.ts'

describe('a session', () => {
  const session: StartOptions = { session: 's1' }

  test('gives the next run its history, once, and the agent that spoke last', async () => {
    const runtime = runtimeOver()
    const first = program({ script: [call('read'), { text: 'one' }], tools: [read], source: SOURCE })
    await runtime.start(compiled(first), 'A', session).result
    const second = program({ script: [{ text: 'two', expect: { items: [{ content: 'A' }] } }] })
    const result = await runtime.start(compiled(second), 'B', session).result
    expect(result).toMatchObject({ status: 'completed', session_id: 's1' })
    const page = await runtime.store.sessions.read('s1')
    expect(page.items.map((item) => item['content'] ?? item['type'])).toMatchObject([
      'A',
      'function_call',
      'function_call_output',
      [{ text: 'one' }],
      'B',
      [{ text: 'two' }],
    ])
  })

  test('holds no call without its output around an approval', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [call('write', { n: 1 }), { text: 'ok' }],
      tools: [write],
      source: SOURCE,
    })
    const { run_id } = await runtime.start(compiled(spec), 'A', session).result
    expect((await runtime.store.sessions.read('s1')).items).toMatchObject([{ content: 'A' }])
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    await runtime.resume(run_id).result
    const { items } = await runtime.store.sessions.read('s1')
    expect(items.map((item) => item['type'])).toEqual([
      'message',
      'function_call',
      'function_call_output',
      'message',
    ])
  })
})

describe('decisions', () => {
  async function pausedRun(runtime: Runtime): Promise<RunResult> {
    const spec = program({
      script: [call('write', { n: 1 }), { text: 'ok' }],
      tools: [write],
      source: SOURCE,
    })
    return runtime.start(compiled(spec), 'Go').result
  }

  test('the same again is a no-op, the opposite is refused until replaced, and a consumed one is closed', async () => {
    const runtime = runtimeOver()
    const { run_id } = await pausedRun(runtime)
    const approve = { calls: 'all', decision: 'approve', by: 'ana' } as const
    await runtime.decide(run_id, approve)
    expect(await runtime.decide(run_id, approve)).toMatchObject({ decided: [{ already_decided: true }] })
    await expect(runtime.decide(run_id, { ...approve, decision: 'reject' })).rejects.toMatchObject({
      name: 'ConflictFailure',
    })
    await runtime.decide(run_id, { ...approve, decision: 'reject', replace: true })
    await runtime.resume(run_id).result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'Tool execution was not approved.' })
    await expect(runtime.decide(run_id, { ...approve, calls: ['call_1_1'] })).rejects.toMatchObject({
      name: 'ConflictFailure',
    })
    await expect(runtime.decide(run_id, { ...approve, calls: ['call_9'] })).rejects.toMatchObject({
      name: 'UsageFailure',
    })
    await expect(runtime.resume(run_id).result).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'run_ended',
    })
  })

  test('nothing is journaled by resuming a run that still waits', async () => {
    const runtime = runtimeOver()
    const paused = await pausedRun(runtime)
    const before = await runtime.events(paused.run_id)
    expect(await runtime.resume(paused.run_id).result).toMatchObject({ status: 'paused' })
    expect(await runtime.events(paused.run_id)).toEqual(before)
  })

  test('cancelling a paused run ends it, and its call can no longer be decided', async () => {
    const runtime = runtimeOver()
    const { run_id } = await pausedRun(runtime)
    expect(await runtime.cancel(run_id, { by: 'ana' })).toMatchObject({
      status: 'cancelled',
      interruptions: [],
    })
    await expect(
      runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' }),
    ).rejects.toMatchObject({ name: 'ConflictFailure' })
    await expect(runtime.cancel(run_id, { by: 'ana' })).rejects.toMatchObject({ code: 'run_ended' })
  })

  test('that do not fit what would run count for nothing: it is asked about anew, and nothing runs', async () => {
    const runtime = runtimeOver()
    const { store } = runtime
    /** As if the tool, its code or its arguments had become others since the question. */
    const changed = createRuntime({
      environment: {},
      store: {
        ...store,
        readJournal: async (id, after) =>
          (await store.readJournal(id, after)).map((event) =>
            'digest' in event && event.seq < 7 ? { ...event, digest: 'sha256:0' } : event,
          ),
      },
    })
    const { run_id } = await pausedRun(runtime)
    const approve = { calls: 'all', decision: 'approve', by: 'ana' } as const
    await expect(changed.decide(run_id, approve)).rejects.toMatchObject({
      name: 'ConflictFailure',
      code: 'stale',
    })
    await runtime.decide(run_id, approve)
    const asked = await changed.resume(run_id).result
    expect(asked).toMatchObject({ status: 'paused', interruptions: [{ call_id: 'call_1_1' }] })
    expect(asked.interruptions[0]?.request).toBeGreaterThan(6)
    expect((await runtime.events(run_id)).map((event) => event.type)).not.toContain('tool.started')
    await runtime.decide(run_id, approve)
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
  })

  test('are asked for anew when nobody has answered and the question no longer fits', async () => {
    const runtime = runtimeOver()
    const { store } = runtime
    const changed = createRuntime({
      environment: {},
      store: {
        ...store,
        readJournal: async (id, after) =>
          (await store.readJournal(id, after)).map((event) =>
            event.type === 'approval.requested' && event.seq < 5 ? { ...event, digest: 'sha256:0' } : event,
          ),
      },
    })
    const before = await pausedRun(runtime)
    const after = await changed.resume(before.run_id).result
    expect(after.status).toBe('paused')
    expect(after.interruptions[0]?.request).toBeGreaterThan(before.interruptions[0]?.request ?? 0)
  })

  test('of a call that waits for a free place still counts when somebody replaces it meanwhile', async () => {
    const runtime = runtimeOver()
    const base = program({
      script: [{ tool_calls: [1, 2].map((n) => ({ name: 'slow', arguments: { n } })) }, { text: 'ok' }],
      tools: [functionTool('slow', { needs_approval: true })],
      source: `export async function slow(args, ctx) { ctx.progress('running'); await new Promise((r) => setTimeout(r, 50)); return 'ran ' + args.n }`,
    })
    const spec = { ...base, run: { ...base.run, max_tool_concurrency: 1 } }
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    const stream = runtime.resume(run_id)
    for await (const event of stream) {
      if (event.type !== 'tool.progress' || event.call_id !== 'call_1_1') continue
      await runtime.decide(run_id, { calls: ['call_1_2'], decision: 'reject', by: 'bo', replace: true })
    }
    expect(await outputs(runtime, run_id)).toEqual({
      call_1_1: 'ran 1',
      call_1_2: 'Tool execution was not approved.',
    })
  })

  test('about arguments that are no valid text show them, and run nothing', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [{ tool_calls: [{ name: 'write', arguments: '{"n":"\\ud800"}' }] }, { text: 'ok' }],
      tools: [write],
      source: SOURCE,
    })
    const { run_id, interruptions } = await runtime.start(compiled(spec), 'Go').result
    expect(interruptions).toMatchObject([{ arguments: '{"n":"\\ud800"}' }])
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    expect(Object.values(await outputs(runtime, run_id))[0]).toContain('not valid Unicode')
  })
})

test('input given to a run whose model call failed reaches the model when it is tried again', async () => {
  const runtime = runtimeOver()
  const spec = program({
    script: [
      { error: { status: 400, message: 'no' } },
      { text: 'heard', expect: { items: [{ content: 'Go' }, { content: 'and this' }] } },
    ],
  })
  const failed = await runtime.start(compiled(spec), 'Go').result
  expect(failed.status).toBe('failed')
  expect(await runtime.resume(failed.run_id, { input: 'and this' }).result).toMatchObject({
    final_output: 'heard',
  })
})
