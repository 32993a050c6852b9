import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import { frameItems } from '../../../src/runtime/state/history.ts'
import { rootFrame } from '../../../src/runtime/state/run-state.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { call, outputs, read, runtimeOver, SOURCE, types, write } from '../../support/runs.ts'

describe('a run', () => {
  test('answers, and its journal says how', async () => {
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(program({ script: [{ text: 'Hello' }] })), 'Hi').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'Hello', turns: 1, last_agent: 'main' })
    expect(await types(runtime, result.run_id)).toEqual([
      'run.started',
      'turn.started',
      'model.responded',
      'run.completed',
    ])
  })

  test('runs a tool and gives its output to the next turn', async () => {
    const runtime = runtimeOver()
    const spec = program({ script: [call('read', { n: 3 }), { text: 'ok' }], tools: [read], source: SOURCE })
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'completed', turns: 2 })
    expect(await outputs(runtime, result.run_id)).toEqual({ call_1_1: '{"read":3}' })
  })

  test('pauses for approval, runs the ungated sibling at once and never again, and goes on once approved', async () => {
    const runtime = runtimeOver()
    const script: ScriptStep[] = [
      { tool_calls: [{ name: 'write', arguments: { n: 1 } }, { name: 'read' }] },
      { text: 'done' },
    ]
    const spec = program({ script, tools: [read, write], source: SOURCE })
    const paused = await runtime.start(compiled(spec), 'Go').result
    expect(paused).toMatchObject({ status: 'paused', final_output: null })
    expect(paused.interruptions).toMatchObject([
      { call_id: 'call_1_1', tool: 'write', arguments: { n: 1 }, kind: 'function' },
    ])
    const outcome = await runtime.decide(paused.run_id, { calls: [], decision: 'approve', by: 'ana' })
    expect(outcome).toMatchObject({ pending: 0, decided: [{ call_id: 'call_1_1', already_decided: false }] })
    const result = await runtime.resume(paused.run_id).result
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    const events = await runtime.events(paused.run_id)
    expect(events.filter((event) => event.type === 'tool.started').map((event) => event.call_id)).toEqual([
      'call_1_2',
      'call_1_1',
    ])
    const state = foldJournal(events)
    expect(state.context).toEqual({ written: 1 })
    const answered = frameItems(rootFrame(state)).filter((item) => item['type'] === 'function_call_output')
    expect(answered.map((item) => item['call_id'])).toEqual(['call_1_1', 'call_1_2'])
  })

  test("tells the model of a rejection, in the approver's words or the default ones", async () => {
    for (const [message, output] of [
      ['too much', 'too much'],
      [undefined, 'Tool execution was not approved.'],
    ] as const) {
      const runtime = runtimeOver()
      const spec = program({ script: [call('write'), { text: 'ok' }], tools: [write], source: SOURCE })
      const { run_id } = await runtime.start(compiled(spec), 'Go').result
      await runtime.decide(run_id, {
        calls: 'all',
        decision: 'reject',
        by: 'ana',
        ...(message === undefined ? {} : { message }),
      })
      expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
      expect(await outputs(runtime, run_id)).toEqual({ call_1_1: output })
      expect(await types(runtime, run_id)).not.toContain('tool.started')
    }
  })

  test('decides calls one by one: the approved one runs, the other stays pending without a model call', async () => {
    const runtime = runtimeOver()
    const script: ScriptStep[] = [
      {
        tool_calls: [
          { name: 'write', arguments: { n: 1 } },
          { name: 'write', arguments: { n: 2 } },
        ],
      },
      { text: 'done' },
    ]
    const { run_id } = await runtime.start(
      compiled(program({ script, tools: [write], source: SOURCE })),
      'Go',
    ).result
    await expect(runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })).rejects.toMatchObject(
      { code: 'ambiguous_call' },
    )
    await runtime.decide(run_id, { calls: ['call_1_2'], decision: 'approve', by: 'ana' })
    const half = await runtime.resume(run_id).result
    expect(half).toMatchObject({ status: 'paused', turns: 1 })
    expect(half.interruptions.map((one) => one.call_id)).toEqual(['call_1_1'])
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
  })

  test('always-approve holds for later calls of the same tool', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [call('write', { n: 1 }), call('write', { n: 2 }), { text: 'ok' }],
      tools: [write],
      source: SOURCE,
    })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', always: true, by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', turns: 3 })
    expect((await types(runtime, run_id)).filter((type) => type === 'approval.requested')).toHaveLength(1)
  })

  test('always-approve answers the other pending calls of the tool, and an exact rejection stays one', async () => {
    const runtime = runtimeOver()
    const calls = [1, 2, 3].map((n) => ({ name: 'write', arguments: { n } }))
    const spec = program({ script: [{ tool_calls: calls }, { text: 'ok' }], tools: [write], source: SOURCE })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: ['call_1_3'], decision: 'reject', by: 'ana' })
    await runtime.decide(run_id, { calls: ['call_1_1'], decision: 'approve', always: true, by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    expect(await outputs(runtime, run_id)).toEqual({
      call_1_1: 'wrote 1',
      call_1_2: 'wrote 2',
      call_1_3: 'Tool execution was not approved.',
    })
  })

  test('fails before a call counts as started when tool code cannot be loaded, and starts no sibling', async () => {
    const runtime = runtimeOver()
    const tools = [functionTool('read'), functionTool('broken', { handler: 'broken.ts#x' })]
    const base = program({
      script: [{ tool_calls: [{ name: 'read' }, { name: 'broken' }] }],
      tools,
      source: SOURCE,
    })
    const modules = { ...base.modules, 'broken.ts': { source: 'throw new Error("boom")', imports: {} } }
    const result = await runtime.start(compiled({ ...base, modules }), 'Go').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'module_load_failed', tool: 'broken' } })
    expect(result.error?.message).toContain('boom')
    expect(await types(runtime, result.run_id)).not.toContain('tool.started')
  })

  test('runs edited arguments and shows them to the model', async () => {
    const runtime = runtimeOver()
    const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    const spec = program({
      script: [call('write', { n: 500 }), { text: 'ok' }],
      tools: [{ ...write, parameters }],
      source: SOURCE,
    })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    const refused = runtime.decide(run_id, {
      calls: 'all',
      decision: 'approve',
      by: 'ana',
      args: { n: 'many' },
    })
    await expect(refused).rejects.toMatchObject({ name: 'UsageFailure', code: 'invalid_arguments' })
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana', args: { n: 50 } })
    await runtime.resume(run_id).result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: 'wrote 50' })
    const { items } = await runtime.show(run_id)
    expect(items.find((item) => item['type'] === 'function_call')).toMatchObject({ arguments: '{"n":50}' })
  })

  test('tells the model of a failing tool, or fails when the tool says so', async () => {
    const runtime = runtimeOver()
    const script = [call('fail'), { text: 'sorry' }]
    const told = await runtime.start(
      compiled(program({ script, tools: [functionTool('fail')], source: SOURCE })),
      'Go',
    ).result
    expect(told.status).toBe('completed')
    expect(await outputs(runtime, told.run_id)).toEqual({
      call_1_1: 'An error occurred while running the tool. Please try again. Error: no such thing',
    })
    const raising = functionTool('fail', { failure_error_function: { kind: 'raise' } })
    const failed = await runtime.start(compiled(program({ script, tools: [raising], source: SOURCE })), 'Go')
      .result
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'tool_failed', tool: 'fail', call_id: 'call_1_1' },
    })
    const resumed = await runtime.resume(failed.run_id).result
    expect(resumed).toMatchObject({ status: 'completed', final_output: 'sorry' })
    expect((await types(runtime, failed.run_id)).filter((type) => type === 'tool.started')).toHaveLength(1)
  })

  test('answers a call that takes too long with the reference text', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [call('hang'), { text: 'ok' }],
      tools: [functionTool('hang', { timeout: 20 })],
      source: SOURCE,
    })
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: `Tool 'hang' timed out after 0.02 seconds.` })
  })

  test('answers an unknown tool with an error, or fails when the spec says so', async () => {
    const runtime = runtimeOver()
    const script = [call('nonsense'), { text: 'ok' }]
    const { run_id } = await runtime.start(compiled(program({ script })), 'Go').result
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: `Tool 'nonsense' not found.` })
    const base = program({ script })
    const strict = { ...base, run: { ...base.run, tool_not_found: 'fail' as const } }
    const failed = await runtime.start(compiled(strict), 'Go').result
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'model_behavior_error' } })
  })

  test('stops at max turns and goes on with a higher limit', async () => {
    const runtime = runtimeOver()
    const spec = program({
      script: [call('read'), call('read'), { text: 'ok' }],
      tools: [read],
      source: SOURCE,
    })
    const failed = await runtime.start(compiled(spec), 'Go', { maxTurns: 2 }).result
    expect(failed).toMatchObject({
      status: 'failed',
      turns: 2,
      error: { code: 'max_turns_exceeded', message: 'Max turns (2) exceeded' },
    })
    expect(await runtime.resume(failed.run_id, { maxTurns: 3 }).result).toMatchObject({
      status: 'completed',
      turns: 3,
    })
  })

  test('hands off: the first handoff wins and the next agent answers', async () => {
    const runtime = runtimeOver()
    const handoff = (name: string): object => ({
      agent: name,
      tool_name: `transfer_to_${name}`,
      tool_description: '',
      enabled: true,
    })
    const spec = program({
      overrides: {
        models: {
          main: scripted({
            main: [{ tool_calls: [{ name: 'transfer_to_billing' }, { name: 'transfer_to_refunds' }] }],
            billing: [{ text: 'billing here' }],
          }),
        },
        agents: {
          main: agent({ handoffs: [handoff('billing'), handoff('refunds')] as never }),
          billing: agent(),
          refunds: agent(),
        },
      },
    })
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({
      status: 'completed',
      final_output: 'billing here',
      last_agent: 'billing',
      turns: 2,
    })
    expect(await outputs(runtime, result.run_id)).toEqual({
      call_1_1: '{"assistant":"billing"}',
      call_1_2: 'Multiple handoffs detected, ignoring this one.',
    })
  })

  test('reads structured output, and says what is wrong with it', async () => {
    const runtime = runtimeOver()
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    const overrides = { agents: { main: agent({ output: { schema, name: 'answer', strict: true } }) } }
    const good = await runtime.start(compiled(program({ script: [{ output: { n: 1 } }], overrides })), 'Go')
      .result
    expect(good.final_output).toEqual({ n: 1 })
    const bad = await runtime.start(
      compiled(program({ script: [{ text: '{"n":"x"}' }, { output: { n: 2 } }], overrides })),
      'Go',
    ).result
    expect(bad).toMatchObject({ status: 'failed', error: { code: 'invalid_final_output' } })
    expect(await runtime.resume(bad.run_id).result).toMatchObject({
      status: 'completed',
      final_output: { n: 2 },
    })
  })
})
