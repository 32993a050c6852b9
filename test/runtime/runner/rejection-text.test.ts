import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { compiled, program } from '../../support/program.ts'
import { call, outputs, runtimeOver, write } from '../../support/runs.ts'

const SOURCE = `
export const write = () => 'wrote'
export const say = (interruption, ctx) =>
  [interruption.tool, interruption.arguments.n, interruption.request, interruption.agent, ctx.tool, ctx.context.tier].join(' ')
export const nothing = () => {}
export const empty = () => ''
export const number = () => 7
export const secret = () => 'No: ' + ['open-', 'sesame'].join('')
export function fail() { throw new Error('who asks?') }
`

function asking(name: string, approvals: Partial<Program['approvals']> = {}): Program {
  const base = program({
    script: [call('write', { n: 1 }), call('write', { n: 2 }), { text: 'ok' }],
    tools: [write],
    source: SOURCE,
  })
  const rejection_message = { handler: `tools.ts#${name}` }
  return { ...base, secrets: ['DOOR_KEY'], approvals: { ...base.approvals, rejection_message, ...approvals } }
}

async function rejected(
  name: string,
  options: { readonly message?: string; readonly always?: boolean } = {},
) {
  const runtime = runtimeOver({ DOOR_KEY: 'open-sesame' })
  const { run_id } = await runtime.start(compiled(asking(name)), 'Go', { context: { tier: 'pro' } }).result
  const decision = { calls: 'all', decision: 'reject', by: 'ana', always: true, ...options } as const
  await runtime.decide(run_id, decision)
  await runtime.resume(run_id).result
  return outputs(runtime, run_id)
}

const DEFAULT = 'Tool execution was not approved.'

describe('what the model is told of a rejection', () => {
  test('is what the function makes of the request, or of a call that was not asked about', async () => {
    expect(await rejected('say')).toEqual({
      call_1_1: 'write 1 4 main write pro',
      call_2_1: 'write 2  main write pro',
    })
  })

  test("is the approver's own message first", async () => {
    expect(await rejected('say', { message: 'Too much' })).toEqual({
      call_1_1: 'Too much',
      call_2_1: 'Too much',
    })
    expect(await rejected('say', { message: '', always: false })).toEqual({ call_1_1: '' })
  })

  test.each([
    ['empty', ''],
    ['nothing', DEFAULT],
    ['number', DEFAULT],
    ['fail', DEFAULT],
    ['missing', DEFAULT],
    ['secret', 'No: [redacted:DOOR_KEY]'],
  ])(
    'of a function that gives something else (%s) is the default, and the call stays rejected',
    async (name, text) => {
      expect(await rejected(name)).toEqual({ call_1_1: text, call_2_1: text })
    },
  )

  test("of a rule is the rule's message, then the function's", async () => {
    for (const [message, expected] of [
      [{ message: 'Never' }, 'Never'],
      [{}, 'write 1  main write '],
    ] as const) {
      const runtime = runtimeOver()
      const spec = asking('say', { rules: [{ tool: 'write', decide: 'deny', ...message }] })
      const { run_id } = await runtime.start(compiled(spec), 'Go').result
      expect((await outputs(runtime, run_id))['call_1_1']).toBe(expected)
    }
  })

  test('when nobody is there to ask is the same', async () => {
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(asking('say')), 'Go', { unattended: 'deny' }).result
    expect((await outputs(runtime, run_id))['call_1_1']).toBe('write 1 4 main write ')
  })

  test('says too that nobody answered in time', async () => {
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(asking('say', { expires_after: 0 })), 'Go').result
    expect((await outputs(runtime, run_id))['call_1_1']).toBe(
      'The request for approval expired without an answer. write 1 4 main write ',
    )
  })
})
