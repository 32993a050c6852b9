import { describe, expect, test } from 'vitest'
import type { AgentDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { agent, compiled, functionTool } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import { agentTool, byHandler, byRegex, drain, guarded, guardLog, SECRET, tracesOf } from './support.ts'
import type { Guarded } from './support.ts'

const noSecret = byRegex('hunter2')
const call = (name: string, args = {}): ScriptStep => ({ tool_calls: [{ name, arguments: args }] })

/** Runs to the end in a session, and gives every trace the run left. */
async function traced(spec: Program) {
  const runtime = runtimeOver()
  const stream = runtime.start(compiled(spec), 'Go', { session: 's' })
  const streamed = await drain(stream)
  const result = await stream.result
  const session = (await runtime.store.sessions.read('s')).items
  const traces = (await tracesOf(runtime, result.run_id, streamed)) + JSON.stringify(session)
  return { runtime, result, streamed, session, traces }
}

const telling = (given: Partial<Guarded> = {}): Program =>
  guarded({ script: [{ text: `It is ${SECRET}.` }], guardrails: { g: noSecret }, ...given })

describe('an answer that trips', () => {
  test.each<[string, Partial<Guarded>]>([
    ['a guardrail of the agent', { main: { output_guardrails: ['g'] } }],
    ['a guardrail of the run', { run: { output_guardrails: ['g'] } }],
  ])('%s leaves no trace, and what it cost counts', async (_, given) => {
    const { runtime, result, session, traces } = await traced(telling(given))
    expect(result).toMatchObject({
      status: 'failed',
      final_output: null,
      usage: { requests: 1 },
      error: { code: 'guardrail_tripped', message: 'Guardrail g tripped on the output of main' },
    })
    expect(traces).not.toContain('hunter2')
    expect(session).toHaveLength(1)
    expect(await types(runtime, result.run_id)).toEqual([
      'run.started',
      'turn.started',
      'model.responded',
      'guardrail.tripped',
      'run.failed',
    ])
    await expect(runtime.resume(result.run_id).result).rejects.toMatchObject({ code: 'run_ended' })
  })

  test('also not by reasoning beside it, or as a value', async () => {
    const items = [
      { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: SECRET }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: SECRET }] },
    ]
    const main = { output_guardrails: ['g'] }
    expect((await traced(telling({ main, script: [{ items }] }))).traces).not.toContain('hunter2')
    const output = { schema: { type: 'object' }, name: 'o', strict: false }
    const value = await traced(telling({ main: { ...main, output }, script: [{ output: { key: SECRET } }] }))
    expect(value.result.error?.code).toBe('guardrail_tripped')
    expect(value.traces).not.toContain('hunter2')
  })

  test('keeps the calls before it in the session', async () => {
    const script = [call('read', { of: 'x' }), { text: SECRET }]
    const { session } = await traced(telling({ script, main: { output_guardrails: ['g'], tools: ['read'] } }))
    expect(session.map((item) => item['type'])).toEqual(['message', 'function_call', 'function_call_output'])
  })

  test('is the last agent only: another agent may say it on the way', async () => {
    const handoff = { agent: 'other', tool_name: 'transfer_to_other', tool_description: '', enabled: true }
    const { result } = await traced(
      telling({
        main: { output_guardrails: ['g'], handoffs: [handoff] },
        agents: { other: agent() },
        script: [{ handoff: 'other' }, { text: SECRET }],
      }),
    )
    expect(result).toMatchObject({ status: 'completed', final_output: SECRET })
  })
})

describe('what is streamed while an output is guarded', () => {
  const shown = (list: Awaited<ReturnType<typeof traced>>['streamed']): unknown[] =>
    list.flatMap((event) =>
      event.type === 'text.delta' || event.type === 'model.delta'
        ? [event.type === 'text.delta' ? event.delta : event.data]
        : [],
    )

  test('comes after the verdict, in the same order', async () => {
    const script = [call('read', { of: 'x' }), { text: 'All is well today.' }]
    const free = await traced(telling({ script }))
    const held = await traced(telling({ script, main: { output_guardrails: ['g'], tools: ['read'] } }))
    expect(shown(held.streamed)).toEqual(shown(free.streamed))
    expect(shown(held.streamed).length).toBeGreaterThan(4)
  })
})

test('an answer that fails for what it is, is not judged', async () => {
  const log = guardLog()
  const output = { schema: { type: 'object', required: ['a'] }, name: 'o', strict: false }
  const main: Partial<AgentDefinition> = { output_guardrails: ['g'], output }
  const given = { guardrails: { g: byHandler('look') }, main }
  const refusal = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] }
  const invalid = await traced(guarded({ ...given, script: [{ output: { b: 1 } }] }))
  expect(invalid.result.error?.code).toBe('invalid_final_output')
  const refused = await traced(guarded({ ...given, script: [{ items: [refusal] }] }))
  expect(refused.result.error?.code).toBe('model_refusal')
  expect(log).toEqual([])
})

test('an answer that cannot be judged is withheld; resumed, the model is asked anew', async () => {
  const spec = guarded({
    script: [{ text: SECRET }, { text: 'later' }],
    guardrails: { g: byHandler('breaks') },
    main: { output_guardrails: ['g'] },
  })
  const { runtime, result, traces } = await traced(spec)
  expect(result).toMatchObject({ error: { code: 'guardrail_failed' }, usage: { requests: 1 } })
  expect(traces).not.toContain('hunter2')
  const again = await runtime.resume(result.run_id).result
  expect(again).toMatchObject({ error: { code: 'guardrail_failed' }, usage: { requests: 2 }, turns: 1 })
})

describe('the output of a tool that ends the run', () => {
  const tools = { secret: functionTool('secret'), read: functionTool('read') }
  const stop = { output_guardrails: ['g'], tool_use_behavior: 'stop_on_first_tool' } as const

  test('is withheld before it is journaled', async () => {
    const spec = telling({ tools, main: { ...stop, tools: ['secret'] }, script: [call('secret')] })
    const { runtime, result, session, traces } = await traced(spec)
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped' } })
    expect(await outputs(runtime, result.run_id)).toEqual({
      call_1_1: 'Output withheld by an output guardrail.',
    })
    expect(traces).not.toContain('hunter2')
    expect(JSON.stringify(session)).toContain('Output withheld by an output guardrail.')
  })

  test('is judged only where it ends the run', async () => {
    const tool_use_behavior = { stop_at_tool_names: ['read'] }
    const main = { output_guardrails: ['g'], tool_use_behavior, tools: ['secret', 'read'] }
    const script = [call('secret'), call('read', { of: 'x' })]
    expect((await traced(telling({ tools, main, script }))).result).toMatchObject({
      status: 'completed',
      final_output: 'value of x',
    })
  })

  test('is not judged where a handoff comes with it: another agent answers', async () => {
    const handoff = { agent: 'other', tool_name: 'transfer_to_other', tool_description: '', enabled: true }
    const main = { ...stop, tools: ['secret'], handoffs: [handoff] }
    const script = [{ tool_calls: [{ name: 'secret' }, { name: 'transfer_to_other' }] }, { text: 'done' }]
    const agents = { other: agent({ output_guardrails: ['g'] }) }
    expect((await traced(telling({ tools, main, agents, script }))).result).toMatchObject({
      status: 'completed',
      final_output: 'done',
      last_agent: 'other',
    })
  })

  test('is judged also where a person or a rule gave it', async () => {
    const main = { ...stop, tools: ['write'] }
    const spec = telling({ main, script: [call('write', { n: 1 })] })
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    await runtime.decide(run_id, { calls: [], decision: 'reject', by: 'ana', message: SECRET })
    expect((await runtime.resume(run_id).result).error?.code).toBe('guardrail_tripped')
  })
})

describe('the answer of an agent as a tool', () => {
  const nested = (given: Partial<Guarded>, tool: Parameters<typeof agentTool>[2] = {}): Program =>
    guarded({
      guardrails: { g: noSecret },
      scripts: { main: [call('research', { input: 'x' }), { text: 'done' }], researcher: [{ text: SECRET }] },
      tools: { research: agentTool('research', 'researcher', tool) },
      agents: { researcher: agent() },
      ...given,
    })

  test.each<[string, Program, string]>([
    ['its own agent', nested({ agents: { researcher: agent({ output_guardrails: ['g'] }) } }), 'completed'],
    ['the run', nested({ run: { output_guardrails: ['g'] } }), 'completed'],
    ['the tool', nested({}, { output_guardrails: ['g'] }), 'completed'],
    [
      'the agent that stops at it',
      nested({
        main: { output_guardrails: ['g'], tool_use_behavior: 'stop_on_first_tool', tools: ['research'] },
      }),
      'failed',
    ],
  ])('that a guardrail of %s withholds, leaves no trace', async (_, spec, status) => {
    const { result, traces } = await traced(spec)
    expect(result).toMatchObject({ status, usage: { requests: status === 'failed' ? 2 : 3 } })
    expect(traces).toContain('"guardrail":"g"')
    expect(traces).not.toContain('hunter2')
  })

  test('is judged once, at every level it is passed through', async () => {
    const stop = 'stop_on_first_tool' as const
    const deep = (guardrail: Guarded['guardrails'][string]): Program =>
      guarded({
        guardrails: { g: guardrail },
        scripts: {
          main: [call('outer', { input: 'x' })],
          middle: [call('inner', { input: 'y' })],
          inmost: [{ text: SECRET }],
        },
        main: { output_guardrails: ['g'], tool_use_behavior: stop, tools: ['outer'] },
        tools: { outer: agentTool('outer', 'middle'), inner: agentTool('inner', 'inmost') },
        agents: { middle: agent({ tools: ['inner'], tool_use_behavior: stop }), inmost: agent() },
      })
    const { result, traces } = await traced(deep(noSecret))
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped', agent: 'main' } })
    expect(traces).not.toContain('hunter2')
    const log = guardLog()
    const passed = await traced(deep(byHandler('look')))
    expect(passed.result).toMatchObject({ status: 'completed', final_output: SECRET })
    expect(log).toHaveLength(1)
  })
})
