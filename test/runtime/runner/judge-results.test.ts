import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { call, outputs, runtimeOver, types } from '../../support/runs.ts'
import { handoffTo } from '../../support/served-runs.ts'

const SOURCE = `
export const read = (args) => ({ read: args.n ?? 0 })
export const write = () => 'wrote'
export function echo(results, ctx) {
  results.push('mine')
  return { is_final_output: true, final_output: { results: results.slice(0, -1), agent: ctx.agent, context: ctx.context } }
}
export const last = (results) => ({ is_final_output: results.some(({ output }) => output === '{"read":2}'), final_output: 'two' })
export const silent = () => ({ is_final_output: true })
let failures = 1
export function failsOnce() { if (failures-- > 0) throw new Error('undecided'); return { is_final_output: true, final_output: 'yes' } }
export const yes = () => true
export const maybe = () => ({ is_final_output: 'yes' })
export const noJson = () => ({ is_final_output: true, final_output: 1n })
export const secret = () => ({ is_final_output: true, final_output: ['open-', 'sesame'].join('') })
`

function judged(handler: string, script: readonly ScriptStep[], overrides: Partial<Program> = {}): Program {
  const tools = [functionTool('read'), functionTool('write', { needs_approval: true })]
  const main = agent({
    tools: ['read', 'write'],
    handoffs: [handoffTo('other')],
    tool_use_behavior: { handler: `tools.ts#${handler}` },
  })
  const agents = { main, other: agent({ tool_use_behavior: 'stop_on_first_tool' }) }
  return program({ script, tools, source: SOURCE, overrides: { agents, ...overrides } })
}

describe('a function that judges results', () => {
  test('gets those of tools in the order of their calls, and its value is the answer', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'write' }, { name: 'none' }, { name: 'read' }] }]
    const options = { context: { tier: 'pro' }, unattended: 'deny' } as const
    const result = await runtime.start(compiled(judged('echo', script)), 'Go', options).result
    expect(result).toMatchObject({ status: 'completed', turns: 1 })
    expect(result.final_output).toEqual({
      results: [
        { tool: 'write', call_id: 'call_1_1', output: 'Tool execution was not approved.' },
        { tool: 'read', call_id: 'call_1_3', output: '{"read":0}' },
      ],
      agent: 'main',
      context: { tier: 'pro' },
    })
  })

  test('lets the model go on when they are not final', async () => {
    const runtime = runtimeOver()
    const script = [call('read', { n: 1 }), call('read', { n: 2 })]
    const result = await runtime.start(compiled(judged('last', script)), 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'two', turns: 2 })
  })

  test('may say that there is no more to say', async () => {
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(judged('silent', [call('read')])), 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: null })
  })

  test('is not asked about a turn without tools, nor about one that hands off', async () => {
    const runtime = runtimeOver()
    const none = await runtime.start(compiled(judged('echo', [call('none'), { text: 'said' }])), 'Go').result
    expect(none).toMatchObject({ final_output: 'said', turns: 2 })
    const script = [{ tool_calls: [{ name: 'read' }, { name: 'transfer_to_other' }] }, { text: 'other' }]
    const over = await runtime.start(compiled(judged('echo', script)), 'Go').result
    expect(over).toMatchObject({ final_output: 'other', last_agent: 'other' })
  })

  test('does not get around the limit of turns', async () => {
    const runtime = runtimeOver()
    const script = [call('read', { n: 1 }), call('read', { n: 2 })]
    const spec = compiled(judged('last', script))
    const failed = await runtime.start(spec, 'Go', { maxTurns: 1 }).result
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'max_turns_exceeded' } })
    expect(await runtime.resume(failed.run_id, { maxTurns: 2 }).result).toMatchObject({ final_output: 'two' })
  })

  test('gives an agent tool its answer', async () => {
    const runtime = runtimeOver()
    const inner = judged('last', [])
    const { handler: _, ...common } = functionTool('ask')
    const spec: Program = {
      ...inner,
      entry: 'outer',
      models: {
        main: scripted({
          outer: [
            { tool_calls: [{ name: 'ask', call_id: 'ask', arguments: { input: 'x' } }] },
            { text: 'done' },
          ],
          main: [call('read', { n: 1 }), call('read', { n: 2 })],
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
    expect(final_output).toBe('done')
    expect(await outputs(runtime, run_id)).toEqual({ ask: 'two' })
  })

  test('that fails fails the run; resumed, it is asked again and no tool runs again', async () => {
    const runtime = runtimeOver()
    const failed = await runtime.start(compiled(judged('failsOnce', [call('read')])), 'Go').result
    expect(failed).toMatchObject({
      status: 'failed',
      error: {
        code: 'handler_failed',
        message: 'tool_use_behavior of main (tools.ts#failsOnce) failed: undecided',
        agent: 'main',
      },
    })
    expect(await runtime.resume(failed.run_id).result).toMatchObject({ final_output: 'yes', turns: 1 })
    expect((await types(runtime, failed.run_id)).filter((type) => type === 'tool.started')).toHaveLength(1)
  })

  test.each([
    ['yes', 'returned no object with is_final_output: true or false'],
    ['maybe', 'returned no object with is_final_output: true or false'],
    ['noJson', 'returned what is not JSON'],
  ])('that gives something else (%s) fails the run', async (name, problem) => {
    const runtime = runtimeOver()
    const { error } = await runtime.start(compiled(judged(name, [call('read')])), 'Go').result
    expect(error?.code).toBe('handler_failed')
    expect(error?.message).toContain(problem)
  })

  test('cannot bring a secret into the answer', async () => {
    const runtime = runtimeOver({ DOOR_KEY: 'open-sesame' })
    const base = judged('secret', [call('read')], { secrets: ['DOOR_KEY'] })
    const { final_output } = await runtime.start(compiled(base), 'Go').result
    expect(final_output).toBe('[redacted:DOOR_KEY]')
  })

  test('leaves no room for input when it may end the run, whether its results are there or not', async () => {
    const runtime = runtimeOver()
    for (const tool of ['write', 'read']) {
      const stream = runtime.start(compiled(judged('last', [call(tool), { text: 'done' }])), 'Go')
      for await (const event of stream) if (event.type === 'tool.started') stream.stop('after_turn')
      const { run_id, status } = await stream.result
      expect(status).toBe(tool === 'write' ? 'paused' : 'interrupted')
      await expect(runtime.resume(run_id, { input: 'And?' }).result).rejects.toMatchObject({
        name: 'ConflictFailure',
        code: 'input_not_allowed',
      })
    }
  })

  test('leaves room for input after a handoff', async () => {
    const runtime = runtimeOver()
    const script = [{ tool_calls: [{ name: 'read' }, { name: 'transfer_to_other' }] }, { text: 'other' }]
    const stream = runtime.start(compiled(judged('last', script)), 'Go')
    for await (const event of stream) if (event.type === 'tool.started') stream.stop('after_turn')
    const { run_id } = await stream.result
    const result = await runtime.resume(run_id, { input: 'And?' }).result
    expect(result).toMatchObject({ status: 'completed', final_output: 'other' })
    expect((await runtime.show(run_id)).items).toMatchObject([{}, {}, {}, {}, {}, { content: 'And?' }, {}])
  })
})
