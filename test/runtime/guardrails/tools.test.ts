import { describe, expect, test } from 'vitest'
import type { FunctionToolDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { GuardrailDefinition } from '../../../src/compiler/program-guardrails.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import type { EventOf } from '../../../src/runtime/state/events.ts'
import { agent, compiled, functionTool } from '../../support/program.ts'
import { outputs, runtimeOver, types } from '../../support/runs.ts'
import {
  agentTool,
  byAgent,
  byCel,
  byHandler,
  byRegex,
  drain,
  guarded,
  guardLog,
  SECRET,
  tracesOf,
} from './support.ts'
import type { Guarded } from './support.ts'

const call = (name: string, args = {}): ScriptStep => ({ tool_calls: [{ name, arguments: args }] })
const raise = { behavior: 'raise_exception' } as const

/** One call of `read` or another tool with guardrails, then an answer. */
function calling(
  step: ScriptStep,
  tool: Partial<FunctionToolDefinition> & { readonly name: string },
  guardrail: GuardrailDefinition,
  rest: Partial<Guarded> = {},
): Program {
  const { name, ...given } = tool
  return guarded({
    script: [step, { text: 'done' }],
    guardrails: { g: guardrail },
    tools: { [name]: functionTool(name, given) },
    ...rest,
  })
}

async function run(spec: Program, runtime: Runtime = runtimeOver()) {
  const stream = runtime.start(compiled(spec), 'Go', { session: 's' })
  const streamed = await drain(stream)
  const result = await stream.result
  return { runtime, streamed, result, id: result.run_id }
}

const before = { name: 'read', input_guardrails: ['g'] }
const after = { name: 'secret', output_guardrails: ['g'] }

describe('arguments that trip', () => {
  test.each([
    ['the message of the handler', byHandler('says', { message: 'The spec says no.' }), 'Not this.'],
    ['that of the spec', byRegex('bad', { message: 'The spec says no.' }), 'The spec says no.'],
    ['a default', byRegex('bad'), 'Arguments rejected by an input guardrail.'],
  ])('are answered with %s, and the body never runs', async (_, guardrail, output) => {
    const log = guardLog()
    const { runtime, result, id } = await run(calling(call('read', { of: 'bad' }), before, guardrail))
    expect(result.status).toBe('completed')
    expect(await outputs(runtime, id)).toEqual({ call_1_1: output })
    expect(log).toEqual([])
    expect((await runtime.events(id)).slice(3, 5)).toMatchObject([
      { type: 'guardrail.tripped', where: 'tool_input', tool: 'read', call_id: 'call_1_1' },
      { type: 'tool.completed', reason: 'guardrail', is_error: true, decision: null },
    ])
  })

  test('fail the run where the guardrail raises; the siblings do not begin', async () => {
    const log = guardLog()
    const step = {
      tool_calls: [
        { name: 'write', arguments: {} },
        { name: 'read', arguments: { of: 'bad' } },
      ],
    }
    const tools = {
      write: functionTool('write'),
      read: functionTool('read', { input_guardrails: ['g'] }),
    }
    const { runtime, result, id } = await run(calling(step, before, byRegex('bad', raise), { tools }))
    expect(result).toMatchObject({ status: 'failed', error: { code: 'guardrail_tripped', tool: 'read' } })
    expect(log).toEqual([])
    await expect(runtime.resume(id).result).rejects.toMatchObject({ code: 'run_ended' })
  })

  test('are not looked at where they do not fit the schema', async () => {
    const parameters = { type: 'object', required: ['other'] }
    const spec = calling(call('read', { of: 'bad' }), { ...before, parameters }, byRegex('.', raise))
    const { runtime, result, id } = await run(spec)
    expect(result.status).toBe('completed')
    expect(await types(runtime, id)).not.toContain('guardrail.tripped')
  })

  test('that cannot be judged leave the call as it is: resumed, it is judged again', async () => {
    const { runtime, result, id } = await run(calling(call('read'), before, byHandler('breaks')))
    expect(result.error).toMatchObject({ code: 'guardrail_failed', tool: 'read', call_id: 'call_1_1' })
    const again = await runtime.resume(id).result
    expect(again).toMatchObject({ turns: 1, error: { code: 'guardrail_failed' } })
  })

  test('of an agent as a tool are judged before its run begins', async () => {
    const tools = { research: agentTool('research', 'researcher', { input_guardrails: ['g'] }) }
    const step = call('research', { input: 'bad' })
    const agents = { researcher: agent() }
    const { runtime, id } = await run(calling(step, before, byRegex('bad'), { tools, agents }))
    expect(await types(runtime, id)).not.toContain('tool.started')
  })

  test('count what their agents cost with the start of the body', async () => {
    const agents = { judge: agent() }
    const scripts = { main: [call('read'), { text: 'done' }], judge: [{ text: 'good' }] }
    const spec = calling(call('read'), before, byAgent('judge', "output == 'bad'"), { agents, scripts })
    const { runtime, result, id } = await run(spec)
    expect(result.usage.requests).toBe(3)
    const started = (await runtime.events(id)).find((event) => event.type === 'tool.started')
    expect(started).toMatchObject({ guardrail_usage: { requests: 1 } })
  })
})

describe('a result that trips', () => {
  test.each([
    ['the message', byRegex('hunter2', { message: 'Never mind.' }), 'Never mind.'],
    ['the literal', byRegex('hunter2'), 'Output withheld by an output guardrail.'],
  ])('is replaced by %s before it is journaled', async (_, guardrail, output) => {
    const { runtime, streamed, result, id } = await run(calling(call('secret'), after, guardrail))
    expect(result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(await outputs(runtime, id)).toEqual({ call_1_1: output })
    expect(await tracesOf(runtime, id, streamed)).not.toContain('hunter2')
  })

  test('is withheld, and the run fails, where the guardrail raises', async () => {
    const spec = calling(call('secret'), after, byRegex('hunter2', { ...raise, message: 'No.' }))
    const { runtime, streamed, result, id } = await run(spec)
    expect(result.error).toEqual({
      code: 'guardrail_tripped',
      message: 'Guardrail g tripped on the output of secret: No.',
      agent: 'main',
      tool: 'secret',
      call_id: 'call_1_1',
    })
    expect(await outputs(runtime, id)).toEqual({ call_1_1: 'Output withheld by an output guardrail.' })
    expect(await tracesOf(runtime, id, streamed)).not.toContain('hunter2')
  })

  test('that cannot be judged is withheld, and the body never runs again', async () => {
    const log = guardLog()
    const tool = { name: 'read', output_guardrails: ['g'] }
    const { runtime, result, id } = await run(calling(call('read', { of: SECRET }), tool, byCel('output.x')))
    expect(result.error).toMatchObject({ code: 'guardrail_failed', tool: 'read' })
    expect(await runtime.resume(id).result).toMatchObject({ status: 'completed', final_output: 'done' })
    expect(await outputs(runtime, id)).toEqual({ call_1_1: 'Output withheld by an output guardrail.' })
    expect(log).toEqual(['body read'])
  })

  test('that tells of a failure is judged too', async () => {
    const tool = { name: 'fail', output_guardrails: ['g'] }
    const { runtime, id } = await run(calling(call('fail'), tool, byRegex('no such thing')))
    expect(await outputs(runtime, id)).toEqual({ call_1_1: 'Output withheld by an output guardrail.' })
  })
})

describe('with approval', () => {
  const gated = { name: 'read', needs_approval: true, input_guardrails: ['g'] }
  const pre = { approvals: { pre_approval_guardrails: true } }
  const approve = { calls: [], decision: 'approve', by: 'ana' } as const

  test('arguments are judged after the approval', async () => {
    const { runtime, result, id } = await run(calling(call('read', { of: 'bad' }), gated, byRegex('bad')))
    expect(result.status).toBe('paused')
    await runtime.decide(id, approve)
    expect((await runtime.resume(id).result).status).toBe('completed')
    const done = (await runtime.events(id)).find(
      (event): event is EventOf<'tool.completed'> => event.type === 'tool.completed',
    )
    expect(done).toMatchObject({ reason: 'guardrail', decision: expect.any(Number) })
  })

  test('and before it, if the spec says so: nobody is asked (scenario 25)', async () => {
    const spec = calling(call('read', { of: 'bad' }), gated, byRegex('bad', { message: 'No.' }), pre)
    const { runtime, result, id } = await run(spec)
    expect(result).toMatchObject({ status: 'completed', interruptions: [] })
    expect(await outputs(runtime, id)).toEqual({ call_1_1: 'No.' })
    expect(await types(runtime, id)).not.toContain('approval.requested')
  })

  test('what they let pass is asked about, and judged again after (scenario 25)', async () => {
    const log = guardLog()
    const { runtime, result, id } = await run(calling(call('read'), gated, byHandler('look'), pre))
    expect(result.status).toBe('paused')
    expect(log).toHaveLength(1)
    await runtime.decide(id, approve)
    expect((await runtime.resume(id).result).status).toBe('completed')
    expect(log).toHaveLength(3)
    expect(log[2]).toBe('body read')
  })

  test('unusable arguments are for a person all the same', async () => {
    const item = { type: 'function_call', call_id: 'c', name: 'read', arguments: 'bad' }
    const spec = calling({ items: [item] }, gated, byRegex('bad'), pre)
    expect((await run(spec)).result.status).toBe('paused')
  })

  test('edited arguments that trip are refused, and nothing is recorded', async () => {
    const { runtime, id } = await run(calling(call('read', { of: 'x' }), gated, byRegex('bad')))
    const journal = await runtime.events(id)
    await expect(runtime.decide(id, { ...approve, args: { of: 'bad' } })).rejects.toMatchObject({
      name: 'UsageFailure',
      code: 'invalid_arguments',
      message: 'Guardrail g tripped on the arguments of read',
    })
    expect(await runtime.events(id)).toEqual(journal)
    await runtime.decide(id, { ...approve, args: { of: 'good' } })
    expect((await runtime.resume(id).result).status).toBe('completed')
    expect(await outputs(runtime, id)).toEqual({ call_1_1: 'value of good' })
  })

  test('edited arguments are judged by agents too', async () => {
    const agents = { judge: agent() }
    const scripts = { main: [call('read')], judge: [{ text: 'bad' }] }
    const spec = calling(call('read'), gated, byAgent('judge', "output == 'bad'"), { agents, scripts })
    const { runtime, id } = await run(spec)
    await expect(runtime.decide(id, { ...approve, args: {} })).rejects.toThrow('Guardrail g tripped')
  })
})

test('what a person says of a call in doubt is judged like its result', async () => {
  const tool = { name: 'read', needs_approval: true, output_guardrails: ['g'] }
  const spec = calling(call('read'), tool, byRegex('hunter2'))
  const { runtime, id } = await run(spec)
  await runtime.decide(id, { calls: [], decision: 'approve', by: 'ana' })
  await runtime.resume(id).result
  const journal = await runtime.events(id)
  const started = journal.findIndex((event) => event.type === 'tool.started')
  const elsewhere = runtimeOver()
  const document = await runtime.exportState(id, { bundle: true })
  const cut = {
    ...document,
    journal: journal.slice(0, started + 1),
    status: 'interrupted',
    interruptions: [],
  }
  const { base_dir: _, ...first } = JSON.parse(JSON.stringify(journal[0]))
  const imported = { ...cut, journal: [first, ...cut.journal.slice(1)] }
  await elsewhere.importState(JSON.parse(JSON.stringify(imported)), { trustSpec: true })
  expect((await elsewhere.resume(id).result).status).toBe('paused')
  await elsewhere.decide(id, { calls: [], decision: 'approve', by: 'ana', result: SECRET })
  expect((await elsewhere.resume(id).result).status).toBe('completed')
  expect(await outputs(elsewhere, id)).toEqual({ call_1_1: 'Output withheld by an output guardrail.' })
})
