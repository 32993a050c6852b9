/** Which rule would decide a call: the runtime's own policy, asked without a run. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { CompileSuccess } from '../../../src/compiler/compile-result.ts'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import { explainCall } from '../../../src/runtime/operations/explain-call.ts'
import type { CallExplanation } from '../../../src/runtime/operations/explain-call.ts'
import type { JsonObject } from '../../../src/util/json.ts'
import { compileText } from '../../support/compile-text.ts'

const SPEC = `agentspec: 1
name: shop
entry: desk
context:
  schema: { type: object, properties: { tier: { enum: [free, pro] } }, required: [tier] }
  default: { tier: free }
models: { main: { provider: openai, model: x, api_key: "\${NOT_SET:?}" } }
agents:
  desk:
    instructions: Help.
    model: main
    tools: [cancel, refund, look, audit, write, run]
    handoffs: [billing]
    mcp_servers: [files]
  billing: { instructions: Bill., model: main, tools: [refund] }
tools:
  cancel:
    type: function
    description: Cancel an order
    handler: ./tools.ts#body
    parameters: { type: object, properties: { amount: { type: number } }, required: [amount], additionalProperties: false }
    needs_approval: { when: "args.amount > 100.0 && context.tier == 'free' && session_id == null" }
  refund: { type: function, description: Refund, handler: ./tools.ts#body, needs_approval: true }
  look: { type: function, description: Look, handler: ./tools.ts#body }
  audit: { type: function, description: Audit, handler: ./tools.ts#body, needs_approval: { handler: ./tools.ts#isOdd } }
  write: { type: function, name: write_note, description: Write, handler: ./tools.ts#body, needs_approval: true }
  run: { type: shell, needs_approval: true }
mcp_servers:
  files: { command: ./server }
approvals:
  rules:
    - { tool: refund, agent: billing, decide: deny, message: Not you }
    - { tool: refund, when: "context.tier == 'pro'", decide: allow }
=== tools.ts
export const body = () => { throw new Error('a body ran') }
export const isOdd = (args: { n?: number }, ctx: { agent: string, tool: string, context: { tier: string } }) => {
  if (args.n === undefined) throw new Error('no n')
  return ctx.agent === 'desk' && ctx.tool === 'audit' && ctx.context.tier === 'free' && args.n % 2 === 1
}
`

let spec: CompileSuccess

beforeAll(async () => {
  const result = await compileText(SPEC)
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
  spec = result
})

function ask(
  agent: string,
  tool: string,
  args: JsonObject = {},
  context?: JsonObject,
): Promise<CallExplanation> {
  return explainCall(spec, { agent, tool, arguments: args, ...(context === undefined ? {} : { context }) })
}

async function gate(...given: Parameters<typeof ask>): Promise<readonly [string, string, string | null]> {
  const { decision, rule } = (await ask(...given)).gate
  return [decision, rule.kind, rule.pointer]
}

describe('a call is decided', () => {
  test('by the condition of its tool, under the default context or another', async () => {
    const pointer = '/tools/cancel/needs_approval'
    expect(await gate('desk', 'cancel', { amount: 150 })).toEqual(['ask', 'tool', pointer])
    expect(await gate('desk', 'cancel', { amount: 50 })).toEqual(['allow', 'tool', pointer])
    expect(await gate('desk', 'cancel', { amount: 150 }, { tier: 'pro' })).toEqual(['allow', 'tool', pointer])
  })

  test('by the first rule that matches, else by the tool, else by the default', async () => {
    expect(await gate('billing', 'refund')).toEqual(['deny', 'rule', '/approvals/rules/0'])
    expect((await ask('billing', 'refund')).gate.message).toBe('Not you')
    expect(await gate('desk', 'refund', {}, { tier: 'pro' })).toEqual(['allow', 'rule', '/approvals/rules/1'])
    expect(await gate('desk', 'refund')).toEqual(['ask', 'tool', '/tools/refund/needs_approval'])
    expect(await gate('desk', 'look')).toEqual(['allow', 'default', null])
  })

  test('by the function of its tool, which sees the call; a person is asked when it throws', async () => {
    expect(await gate('desk', 'audit', { n: 3 })).toEqual(['ask', 'tool', '/tools/audit/needs_approval'])
    expect(await gate('desk', 'audit', { n: 4 })).toEqual(['allow', 'tool', '/tools/audit/needs_approval'])
    const thrown = await ask('desk', 'audit')
    expect(thrown.gate).toMatchObject({ decision: 'ask', rule: { reason: expect.stringContaining('no n') } })
  })

  test('also for tools that cannot run yet, and by the key of a tool', async () => {
    expect(await gate('desk', 'run', { commands: [] })).toEqual(['ask', 'tool', '/tools/run/needs_approval'])
    for (const name of ['write_note', 'write']) {
      expect(await ask('desk', name)).toMatchObject({ key: 'write', gate: { decision: 'ask' } })
    }
  })

  test('whether or not its arguments fit, which is said', async () => {
    expect(await ask('desk', 'cancel', { amount: 150 })).toMatchObject({ problem: null })
    expect(await ask('desk', 'cancel', { amount: 'much' })).toMatchObject({
      gate: { decision: 'ask' },
      problem: expect.stringContaining('amount: expected a number'),
    })
  })
})

describe('a question is refused', () => {
  async function refusal(...given: Parameters<typeof ask>): Promise<string> {
    const failure: unknown = await ask(...given).catch((error: unknown) => error)
    return failure instanceof UsageFailure
      ? `${failure.code}: ${failure.message} ${failure.hint ?? ''}`.trim()
      : 'no refusal'
  }

  test('about an agent or a tool that is not there', async () => {
    expect(await refusal('desc', 'look')).toBe(
      'unknown_agent: Spec shop has no agent "desc". Did you mean "desk"? Its agents: desk, billing',
    )
    expect(await refusal('desk', 'cancle')).toBe(
      'unknown_tool: Agent desk has no tool "cancle". Did you mean "cancel"? ' +
        'Its tools: cancel, refund, look, audit, write_note, run',
    )
    expect(await refusal('billing', 'cancel')).toMatch(/^unknown_tool: /)
    expect(await refusal('constructor', 'look')).toMatch(/^unknown_agent: /)
    expect(await refusal('desk', 'toString')).toMatch(/^unknown_tool: /)
  })

  test('about what is no tool of the spec', async () => {
    expect(await refusal('desk', 'transfer_to_billing')).toContain('handoffs never ask')
    expect(await refusal('billing', 'files/write')).toMatch(/^unknown_tool: /)
  })

  test('in a context that does not fit', async () => {
    expect(await refusal('desk', 'look', {}, { tier: 'gold' })).toMatch(/^invalid_context: /)
  })
})
