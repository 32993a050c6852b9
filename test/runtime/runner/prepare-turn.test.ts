import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { agent, compiled, functionTool, program } from '../../support/program.ts'
import { call, outputs, runtimeOver, SOURCE, write } from '../../support/runs.ts'

const HANDLERS = `${SOURCE}
let asked = 0
export function mayRead(ctx) { return ctx.context.tier === 'pro' }
export function confused() { return 'yes' }
export function instruct(ctx) { ctx.context.tier = 'changed'; return 'Serve ' + ctx.agent + ' (' + ++asked + ')' }
export function breaks() { throw new Error('no instructions today') }
`

function withTier(tier: string, given: Parameters<typeof program>[0]): Program {
  return program({
    ...given,
    source: HANDLERS,
    overrides: { context: { default: { tier } }, ...given.overrides },
  })
}

describe('what a turn offers', () => {
  test.each([
    ['an expression', "has(context.tier) && context.tier == 'pro'"],
    ['a handler', { handler: 'tools.ts#mayRead' }],
  ])('is decided by %s, turn by turn', async (_, enabled) => {
    const read = functionTool('read', { enabled })
    const tools = [read, functionTool('free')]
    for (const [tier, offered] of [
      ['pro', ['read', 'free']],
      ['free', ['free']],
    ] as const) {
      const script = [{ text: 'ok', expect: { tools: offered } }]
      const result = await runtimeOver().start(compiled(withTier(tier, { script, tools })), 'Go').result
      expect(result).toMatchObject({ status: 'completed', error: null })
    }
  })

  test('is journaled, and a call of what was not offered is answered like one of an unknown tool', async () => {
    const runtime = runtimeOver()
    const tools = [functionTool('read', { enabled: "context.tier == 'pro'" })]
    const script = [call('read', { n: 1 }), { text: 'ok' }]
    const { run_id, status } = await runtime.start(compiled(withTier('free', { script, tools })), 'Go').result
    expect(status).toBe('completed')
    expect(await outputs(runtime, run_id)).toEqual({ call_1_1: "Tool 'read' not found." })
    const events = await runtime.events(run_id)
    expect(events.find(({ type }) => type === 'turn.started')).toMatchObject({ disabled: ['read'] })
    expect(events.some(({ type }) => type === 'tool.started')).toBe(false)
  })

  test('leaves out what a condition cannot decide, and fails on a handler that decides nothing', async () => {
    const doubtful = [functionTool('read', { enabled: "context.absent == 'pro'" })]
    const script = [{ text: 'ok' }]
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(withTier('pro', { script, tools: doubtful })), 'Go')
      .result
    const [, started] = await runtime.events(run_id)
    expect(started).toMatchObject({ disabled: ['read'] })
    const confused = [functionTool('read', { enabled: { handler: 'tools.ts#confused' } })]
    const result = await runtime.start(compiled(withTier('pro', { script, tools: confused })), 'Go').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'handler_failed', agent: 'main' } })
    expect(result.error?.message).toContain('enabled of read (tools.ts#confused) returned string')
  })
})

describe('instructions by a handler', () => {
  function instructed(handler: string): Program {
    const main = agent({ instructions: { handler: `tools.ts#${handler}` }, tools: ['write'] })
    const script = [
      { ...call('write', { n: 1 }), expect: { instructions: 'Serve main (1)' } },
      { text: 'ok', expect: { instructions: 'Serve main (2)' } },
    ]
    return withTier('pro', { script, tools: [write], overrides: { agents: { main } } })
  }

  test('are made anew each turn, journaled with it, and cannot change the context', async () => {
    const runtime = runtimeOver()
    const paused = await runtime.start(compiled(instructed('instruct')), 'Go').result
    expect(paused).toMatchObject({ status: 'paused', error: null })
    await runtime.decide(paused.run_id, { calls: [], decision: 'approve', by: 'ana' })
    const result = await runtime.resume(paused.run_id).result
    expect(result).toMatchObject({ status: 'completed', error: null })
    const events = await runtime.events(paused.run_id)
    expect(events.flatMap((event) => (event.type === 'turn.started' ? [event.instructions] : []))).toEqual([
      'Serve main (1)',
      'Serve main (2)',
    ])
    expect(events.flatMap((event) => (event.type === 'tool.completed' ? [event.context_patch] : []))).toEqual(
      [{ written: 1 }],
    )
  })

  test('that fail end the run before its turn, so that it can be resumed', async () => {
    const runtime = runtimeOver()
    const result = await runtime.start(compiled(instructed('breaks')), 'Go').result
    expect(result).toMatchObject({
      status: 'failed',
      turns: 0,
      error: { code: 'handler_failed', message: expect.stringContaining('no instructions today') },
    })
  })
})
