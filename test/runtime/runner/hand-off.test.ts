import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HandoffDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import type { EventOf } from '../../../src/runtime/state/events.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import { handoffTo } from '../../support/served-runs.ts'

/** What the handlers of a run were told is kept under its id, because the module is loaded once. */
const SOURCE = `
import { channel } from 'node:diagnostics_channel'
const told = new Map()
const tell = (run, what) => told.set(run, [...(told.get(run) ?? []), what])
export function log(args, ctx) { return told.get(ctx.run_id) ?? [] }
export function write(args, ctx) { tell(ctx.run_id, 'write'); return 'wrote' }
export function onHandoff(input, ctx) {
  ctx.context.changed = true
  tell(ctx.run_id, { input, ...ctx })
}
export function failsOnce(input, ctx) {
  tell(ctx.run_id, ctx.idempotency_key)
  if (told.get(ctx.run_id).length === 1) throw new Error('the desk is closed')
}
export const never = () => { channel('desk').publish('begun'); return new Promise(() => {}) }
`

/** `main` hands off to `billing`, whose first call reads what the handlers were told. */
function desk(
  main: readonly ScriptStep[],
  handoff: Partial<HandoffDefinition>,
  overrides: Partial<Program> = {},
): Program {
  const tools = [functionTool('log'), functionTool('write', { needs_approval: true })]
  const script = { main, billing: [{ tool_calls: [{ name: 'log', call_id: 'log' }] }, { text: 'done' }] }
  const agents = {
    main: agent({ tools: ['write'], handoffs: [handoffTo('billing', handoff), handoffTo('refunds')] }),
    billing: agent({ tools: ['log'] }),
    refunds: agent(),
  }
  return program({
    tools,
    source: SOURCE,
    overrides: { models: { main: scripted(script) }, agents, ...overrides },
  })
}

async function toldOf(runtime: Runtime, runId: string): Promise<unknown> {
  const { log } = await outputs(runtime, runId)
  return JSON.parse(String(log))
}

async function handoffOf(runtime: Runtime, runId: string): Promise<EventOf<'handoff.occurred'> | undefined> {
  return (await runtime.events(runId)).find((event) => event.type === 'handoff.occurred')
}

const on_handoff = { handler: 'tools.ts#onHandoff' }

describe('on_handoff', () => {
  test('is told the input, who hands off and with which call, and changes nothing', async () => {
    const runtime = runtimeOver()
    const input_schema = { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] }
    const script = [{ tool_calls: [{ name: 'transfer_to_billing', arguments: { order: 7 } }] }]
    const spec = compiled(desk(script, { on_handoff, input_schema }))
    const { run_id, status } = await runtime.start(spec, 'Go', { context: { tier: 'pro' } }).result
    expect(status).toBe('completed')
    expect(await toldOf(runtime, run_id)).toEqual([
      {
        input: { order: 7 },
        run_id,
        agent: 'main',
        session_id: null,
        context: { tier: 'pro', changed: true },
        call_id: 'call_1_1',
        tool: 'transfer_to_billing',
        idempotency_key: `${run_id}:1:call_1_1`,
      },
    ])
    expect((await runtime.show(run_id)).context).toEqual({ tier: 'pro' })
    expect(await handoffOf(runtime, run_id)).toMatchObject({ input: { order: 7 } })
  })

  test('is told no input where there is no schema', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'transfer_to_billing', arguments: { any: 1 } }] }]
    const { run_id } = await runtime.start(compiled(desk(script, { on_handoff })), 'Go').result
    expect(await toldOf(runtime, run_id)).toMatchObject([{ input: null }])
    expect(await handoffOf(runtime, run_id)).not.toHaveProperty('input')
  })

  test('is called when the approvals beside it are resolved, once', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'transfer_to_billing' }, { name: 'write' }] }]
    const { run_id, status } = await runtime.start(compiled(desk(script, { on_handoff })), 'Go').result
    expect({ status, last: (await types(runtime, run_id)).at(-1) }).toEqual({
      status: 'paused',
      last: 'run.paused',
    })
    expect(await types(runtime, run_id)).not.toContain('handoff.occurred')
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', last_agent: 'billing' })
    expect(await toldOf(runtime, run_id)).toMatchObject(['write', { call_id: 'call_1_1' }])
  })

  test('that fails fails the run; resumed, it is called again with the same idempotency key', async () => {
    const runtime = runtimeOver()
    const handler = { handler: 'tools.ts#failsOnce' }
    const script = [{ tool_calls: [{ name: 'transfer_to_billing' }] }]
    const { run_id, error } = await runtime.start(compiled(desk(script, { on_handoff: handler })), 'Go')
      .result
    expect(error).toEqual({
      code: 'handler_failed',
      message: 'on_handoff of transfer_to_billing (tools.ts#failsOnce) failed: the desk is closed',
      agent: 'main',
    })
    expect(await types(runtime, run_id)).not.toContain('handoff.occurred')
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed', usage: { requests: 3 } })
    const key = `${run_id}:1:call_1_1`
    expect(await toldOf(runtime, run_id)).toEqual([key, key])
  })

  test('does not hold up a stop', async () => {
    const runtime = runtimeOver()
    const handler = { handler: 'tools.ts#never' }
    const script = [{ tool_calls: [{ name: 'transfer_to_billing' }, { name: 'transfer_to_refunds' }] }]
    const stream = runtime.start(compiled(desk(script, { on_handoff: handler })), 'Go')
    const stop = (): void => stream.stop('now')
    subscribe('desk', stop)
    onTestFinished(() => void unsubscribe('desk', stop))
    const result = await stream.result
    expect(result).toMatchObject({ status: 'interrupted', last_agent: 'main' })
    expect(await types(runtime, result.run_id)).not.toContain('handoff.occurred')
  })
})

describe('typed input', () => {
  const input_schema = { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] }

  test.each([
    [
      'empty arguments',
      { items: [{ type: 'function_call', call_id: 'c', name: 'transfer_to_billing', arguments: '' }] },
    ],
    ['an empty object', { tool_calls: [{ name: 'transfer_to_billing', call_id: 'c' }] }],
    [
      'another type',
      { tool_calls: [{ name: 'transfer_to_billing', call_id: 'c', arguments: { order: 'seven' } }] },
    ],
  ])(
    'that is not there (%s) is the fault of the model: nobody is told, nothing happens',
    async (_what, step) => {
      const runtime = runtimeOver()
      const spec = compiled(desk([step, { text: 'I stay' }], { on_handoff, input_schema }))
      const failed = await runtime.start(spec, 'Go').result
      expect(failed).toMatchObject({
        status: 'failed',
        last_agent: 'main',
        error: { code: 'model_behavior_error', agent: 'main', tool: 'transfer_to_billing', call_id: 'c' },
      })
      expect(await runtime.resume(failed.run_id).result).toMatchObject({ final_output: 'I stay' })
      expect(await types(runtime, failed.run_id)).not.toContain('handoff.occurred')
    },
  )
})

test('of several handoffs the first happens, and only it is announced and filtered', async () => {
  const runtime = runtimeOver()
  const script = [
    {
      tool_calls: [
        { name: 'transfer_to_refunds', call_id: 'a' },
        { name: 'transfer_to_billing', call_id: 'b' },
      ],
    },
  ]
  const base = desk(script, {
    on_handoff: { handler: 'tools.ts#never' },
    input_filter: { handler: 'tools.ts#never' },
  })
  const models = { main: scripted({ main: script, refunds: [{ text: 'refunded' }] }) }
  const result = await runtime.start(compiled({ ...base, models }), 'Go').result
  expect(result).toMatchObject({ final_output: 'refunded', last_agent: 'refunds' })
  expect(await outputs(runtime, result.run_id)).toEqual({
    a: '{"assistant":"refunds"}',
    b: 'Multiple handoffs detected, ignoring this one.',
  })
})

test('a handoff that fails inside an agent tool is a failure of that tool', async () => {
  const runtime = runtimeOver()
  const inner = desk([], { on_handoff: { handler: 'tools.ts#failsOnce' } })
  const { handler: _, ...common } = functionTool('ask')
  const spec: Program = {
    ...inner,
    entry: 'outer',
    models: {
      main: scripted({
        outer: [
          { tool_calls: [{ name: 'ask', call_id: 'ask', arguments: { input: 'x' } }] },
          { text: 'sorry' },
        ],
        main: [{ handoff: 'billing' }],
      }),
    },
    agents: { ...inner.agents, outer: agent({ tools: ['ask'] }) },
    tools: {
      ...inner.tools,
      ask: {
        ...common,
        type: 'agent',
        agent: 'main',
        include_input_schema: false,
        max_turns: 5,
        output: 'final',
      },
    },
  }
  const { run_id, final_output } = await runtime.start(compiled(spec), 'Go').result
  expect(final_output).toBe('sorry')
  expect((await outputs(runtime, run_id))['ask']).toContain('the desk is closed')
})
