import { describe, expect, test } from 'vitest'
import type { AgentDefinition, OnErrorDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { startModelServer } from '../../support/model-server.ts'
import { agent, compiled, functionTool, program, scripted } from '../../support/program.ts'
import { call, outputs, runtimeOver, types } from '../../support/runs.ts'
import { calls, ENVIRONMENT, inputOf, message, says, served } from '../../support/served-runs.ts'

const SOURCE = `
export const read = () => 'read'
export const tell = (error, ctx) => ({
  final_output: [error.code, error.agent, ctx.agent, ctx.context.tier, ctx.history.map((item) => item.type).join()].join(' '),
})
export const hide = () => ({ final_output: 'hidden', include_in_history: false })
export const decline = () => null
export const declineSilently = () => {}
let failures = 1
export function failsOnce(error) { if (failures-- > 0) throw new Error('no idea'); return { final_output: error.message } }
export const text = () => 'sorry'
export const nothing = () => ({ include_in_history: true })
export const more = () => ({ final_output: 'x', retry: true })
export const other = () => ({ final_output: 'x', include_in_history: 'yes' })
export const secret = () => ({ final_output: ['open-', 'sesame'].join('') })
`

const refusal: ScriptStep = {
  items: [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'I must not' }] }],
}

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const output = { schema, name: 'answer', strict: true }

function answering(
  on_error: OnErrorDefinition,
  script: readonly ScriptStep[],
  given: Partial<AgentDefinition> = {},
): Program {
  const base = program({ script, tools: [functionTool('read')], source: SOURCE })
  return {
    ...base,
    secrets: ['DOOR_KEY'],
    agents: { main: agent({ tools: ['read'], ...given }) },
    run: { ...base.run, max_turns: 1, on_error },
  }
}

const value = (final_output: string | { readonly n: number }, include_in_history = true) => ({
  final_output,
  include_in_history,
})
const handler = (name: string) => ({ handler: `tools.ts#${name}` })
const LOOP = [call('read'), call('read'), { text: 'read enough' }]

describe('a run that would fail', () => {
  test.each([
    ['for too many turns', { max_turns: value('Too long') }, LOOP, {}, 'Too long'],
    ['for a refusal', { model_refusal: value('Not here') }, [refusal], {}, 'Not here'],
    [
      'for its final output',
      { invalid_final_output: value({ n: 0 }) },
      [{ text: '{"n":"x"}' }],
      { output },
      { n: 0 },
    ],
    [
      'for an answer that is no JSON',
      { invalid_final_output: value({ n: 0 }) },
      [{ text: 'x' }],
      { output },
      { n: 0 },
    ],
  ] as const)(
    '%s is completed with the answer of the spec',
    async (_what, on_error, script, given, expected) => {
      const runtime = runtimeOver()
      const result = await runtime.start(compiled(answering(on_error, script, given)), 'Go', { session: 's' })
        .result
      expect(result).toMatchObject({ status: 'completed', final_output: expected, error: null, turns: 1 })
      const content = typeof expected === 'string' ? expected : JSON.stringify(expected)
      const { items } = await runtime.show(result.run_id)
      expect(items.at(-1)).toEqual({ type: 'message', role: 'assistant', content })
      const { items: kept } = await runtime.store.sessions.read('s')
      expect(kept).toEqual(items)
      expect(await types(runtime, result.run_id)).not.toContain('run.failed')
    },
  )

  test('fails for anything the spec has no answer to', async () => {
    const runtime = runtimeOver()
    const spec = answering({ model_refusal: value('x'), invalid_final_output: value('x') }, LOOP)
    const result = await runtime.start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'max_turns_exceeded' } })
  })

  test('keeps the answer out of the history when it is to', async () => {
    const runtime = runtimeOver()
    for (const answer of [value('hidden', false), handler('hide')]) {
      const spec = compiled(answering({ max_turns: answer }, LOOP))
      const { run_id, final_output } = await runtime.start(spec, 'Go', { session: run(answer) }).result
      expect(final_output).toBe('hidden')
      const { items } = await runtime.show(run_id)
      expect(items.map((item) => item['type'])).toEqual(['message', 'function_call', 'function_call_output'])
      expect((await runtime.store.sessions.read(run(answer))).items).toEqual(items)
    }
  })

  const run = (answer: object): string => JSON.stringify(answer)

  test('tells the next run of the session what it answered', async () => {
    await using server = await startModelServer(says(calls('read', 'c1')), says(message('Again')))
    const runtime = runtimeOver(ENVIRONMENT)
    const spec = compiled({ ...answering({ max_turns: value('Too long') }, []), models: served(server.url) })
    await runtime.start(spec, 'Go', { stream: false, session: 's' }).result
    await runtime.start(spec, 'And?', { stream: false, session: 's' }).result
    expect(inputOf(server, -1)).toMatchObject([
      { role: 'user', content: 'Go' },
      { call_id: 'c1' },
      { call_id: 'c1' },
      { role: 'assistant', content: 'Too long' },
      { role: 'user', content: 'And?' },
    ])
  })

  test('asks a function, which is told what happened', async () => {
    const runtime = runtimeOver()
    const spec = compiled(answering({ max_turns: handler('tell') }, LOOP))
    const { final_output } = await runtime.start(spec, 'Go', { context: { tier: 'pro' } }).result
    expect(final_output).toBe('max_turns_exceeded main main pro message,function_call,function_call_output')
  })

  test.each(['decline', 'declineSilently'])('fails when the function declines (%s)', async (name) => {
    const runtime = runtimeOver()
    const spec = compiled(answering({ max_turns: handler(name) }, LOOP))
    const failed = await runtime.start(spec, 'Go').result
    expect(failed.error).toEqual({
      code: 'max_turns_exceeded',
      message: 'Max turns (1) exceeded',
      agent: 'main',
    })
    const resumed = await runtime.resume(failed.run_id, { maxTurns: 3 }).result
    expect(resumed).toMatchObject({ final_output: 'read enough', turns: 3 })
  })

  test('fails with what is wrong with the function, which is asked again when the run is resumed', async () => {
    const runtime = runtimeOver()
    const spec = compiled(answering({ model_refusal: handler('failsOnce') }, [refusal, { text: 'other' }]))
    const failed = await runtime.start(spec, 'Go').result
    expect(failed.error).toEqual({
      code: 'handler_failed',
      message:
        'run.on_error.model_refusal (tools.ts#failsOnce) failed: no idea. It was to answer model_refusal: The model refused to answer: I must not',
      agent: 'main',
    })
    expect(await runtime.resume(failed.run_id).result).toMatchObject({
      status: 'completed',
      final_output: 'The model refused to answer: I must not',
      usage: { requests: 1 },
    })
  })

  test.each([
    ['text', 'returned no object with final_output'],
    ['nothing', 'returned no final_output'],
    ['more', 'returned "retry", which is neither final_output nor include_in_history'],
    ['other', 'returned an include_in_history that is neither true nor false'],
  ])('fails when the function gives something else (%s)', async (name, problem) => {
    const runtime = runtimeOver()
    const { error } = await runtime.start(compiled(answering({ max_turns: handler(name) }, LOOP)), 'Go')
      .result
    expect(error?.code).toBe('handler_failed')
    expect(error?.message).toContain(problem)
  })

  test('fails when the answer does not fit the output schema of the agent', async () => {
    const runtime = runtimeOver()
    for (const [answer, code] of [
      [value('Too long'), 'invalid_final_output'],
      [handler('hide'), 'handler_failed'],
    ] as const) {
      const spec = compiled(answering({ max_turns: answer }, LOOP, { output }))
      const failed = await runtime.start(spec, 'Go').result
      expect(failed).toMatchObject({ status: 'failed', error: { code, agent: 'main' } })
      expect(failed.error?.message).toContain('does not fit the output schema of main')
      expect(failed.error?.message).toContain('It was to answer max_turns_exceeded')
    }
  })

  test('cannot answer with a secret', async () => {
    const runtime = runtimeOver({ DOOR_KEY: 'open-sesame' })
    const spec = compiled(answering({ max_turns: handler('secret') }, LOOP))
    expect((await runtime.start(spec, 'Go').result).final_output).toBe('[redacted:DOOR_KEY]')
  })
})

test('inside an agent tool too many turns are a failure of the tool, as without an answer', async () => {
  const runtime = runtimeOver()
  const inner = answering({ max_turns: value('Too long') }, [])
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
        main: LOOP,
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
        max_turns: 1,
        output: 'final',
      },
    },
    run: { ...inner.run, max_turns: 5 },
  }
  const { run_id, final_output } = await runtime.start(compiled(spec), 'Go').result
  expect(final_output).toBe('done')
  expect((await outputs(runtime, run_id))['ask']).toContain('Max turns (1) exceeded')
})

test('the turns of a run that was paused count on: an approved call does not begin anew', async () => {
  const runtime = runtimeOver()
  const base = answering({ max_turns: value('Too long') }, LOOP)
  const tools = { read: functionTool('read', { needs_approval: true }) }
  const { run_id } = await runtime.start(compiled({ ...base, tools }), 'Go').result
  await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'ana' })
  expect(await runtime.resume(run_id).result).toMatchObject({
    status: 'completed',
    final_output: 'Too long',
    turns: 1,
  })
})
