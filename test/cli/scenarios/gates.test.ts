/** Who or what decides whether a call asks, and what its answer comes to: functions of the spec, time, several people. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const RULES = `export function gate(args, ctx) {
  if (args.n === 13) throw new Error('unlucky')
  if (args.n === 14) return 'yes'
  return args.n > (ctx.context.limit ?? 10)
}
export const words = (interruption, ctx) => 'No ' + ctx.tool + ' for ' + interruption.arguments.n
`

const agents = 'agents: { main: { tools: [b] } }\n'
const GATED = `${agents}tools:\n${tool('b', ', needs_approval: { handler: ./rules.js#gate }')}`
const ASKS = `${agents}tools:\n${tool('b', ', needs_approval: true')}`

async function start(yaml: string, turns: Parameters<typeof startScenario>[1]): Promise<Scenario> {
  const scenario = await startScenario(yaml, turns)
  writeFileSync(join(scenario.path, 'rules.js'), RULES)
  return scenario
}

async function rulesOf(scenario: Scenario): Promise<readonly unknown[]> {
  const { json } = await scenario.agentspec('approvals')
  return (json as { approvals: { rule: unknown }[] }).approvals.map(({ rule }) => rule)
}

describe('needs_approval by a function', () => {
  test('sees arguments and context, and lets the rest run', async () => {
    const turn = [calls('b', 'c1', { n: 5 }), calls('b', 'c2', { n: 50 })]
    await using scenario = await start(GATED, [turn, says('Done.')])
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', '{"limit":20}')
    expect(paused).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c2' }] } })
    expect(scenario.bodies()).toEqual(['b 5'])
    expect(await rulesOf(scenario)).toEqual([
      { kind: 'tool', pointer: '/tools/b/needs_approval', reason: 'needs_approval: rules.js#gate' },
    ])
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 5', 'b 50'])
  })

  test.each([
    [13, 'unlucky'],
    [14, 'returned string, not true or false'],
  ])('that throws or says something else asks, and says why: %i', async (n, why) => {
    await using scenario = await start(GATED, [[calls('b', 'c1', { n })], says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 4 })
    expect(scenario.bodies()).toEqual([])
    expect(await rulesOf(scenario)).toMatchObject([{ reason: expect.stringContaining(why) }])
    expect(await scenario.agentspec('reject', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual([])
  })
})

describe('what the model is told of a rejection', () => {
  const spoken = (approvals: string): string => `${ASKS}approvals: ${approvals}\n`
  test.each([
    ['the default text', ASKS, [], 'Tool execution was not approved.'],
    ['the text of the spec', spoken('{ rejection_message: Ask me tomorrow }'), [], 'Ask me tomorrow'],
    [
      'what a function of the spec makes of it',
      spoken('{ rejection_message: { handler: ./rules.js#words } }'),
      [],
      'No b for 1',
    ],
    [
      'first of all what the person said',
      spoken('{ rejection_message: { handler: ./rules.js#words } }'),
      ['--message', 'Never on Sundays'],
      'Never on Sundays',
    ],
  ])('is %s', async (_what, spec, flags, expected) => {
    await using scenario = await start(spec, [[calls('b', 'c1', { n: 1 })], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('reject', '-1', ...flags, '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toMatchObject({ type: 'function_call_output', output: expected })
  })

  test('of a rule is its message, else that of the spec', async () => {
    const rules =
      '{ rejection_message: Ask me tomorrow, rules: [ { when: "args.n > 1", decide: deny, message: Too many }, { decide: deny } ] }'
    const turn = [calls('b', 'c1', { n: 1 }), calls('b', 'c2', { n: 2 })]
    await using scenario = await start(spoken(rules), [turn, says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-2)).toMatchObject([{ output: 'Ask me tomorrow' }, { output: 'Too many' }])
  })
})

describe('a request that expires', () => {
  const expiring = (more = ''): string => `${ASKS}approvals: { expires_after: 300ms${more} }\n`

  async function expired(scenario: Scenario): Promise<void> {
    const { json } = await scenario.agentspec('run', 'spec.yaml', 'Go')
    const [call] = (json as { interruptions: { expires_at: string }[] }).interruptions
    while (Date.now() <= Date.parse(call?.expires_at ?? '')) await sleep(50)
  }

  test('cannot be decided any more, and the run goes on without it', async () => {
    await using scenario = await start(expiring(), [[calls('b', 'c1', { n: 1 })], says('Done.')])
    await expired(scenario)
    expect(await scenario.agentspec('approve', '-1')).toMatchObject({
      code: 3,
      json: { error: { code: 'expired' } },
    })
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toMatchObject({
      output: expect.stringMatching(/^The request for approval expired/u),
    })
    expect(scenario.bodies()).toEqual([])
  })

  test('is asked anew with on_expired: ask', async () => {
    await using scenario = await start(expiring(', on_expired: ask'), [
      [calls('b', 'c1', { n: 1 })],
      says('Done.'),
    ])
    await expired(scenario)
    const again = await scenario.agentspec('resume', '-1')
    expect(again).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c1', request: 7 }] } })
    expect(scenario.bodies()).toEqual([])
  })
})

test('several people decide about several calls, each by name, over several processes', async () => {
  const turn = [calls('b', 'c1', { n: 1 }), calls('b', 'c2', { n: 2 }), calls('b', 'c3', { n: 3 })]
  await using scenario = await start(ASKS, [turn, says('Done.')])
  await scenario.agentspec('run', 'spec.yaml', 'Go')
  const first = await scenario.agentspec(
    'approve',
    '-1',
    'c2',
    '--by',
    'ana',
    '--reason',
    'agreed',
    '--resume',
  )
  expect(first).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c1' }, { call_id: 'c3' }] } })
  expect(scenario.bodies()).toEqual(['b 2'])
  expect(await scenario.agentspec('reject', '-1', 'c1', '--by', 'ben')).toMatchObject({
    json: { pending: 1 },
  })
  expect(await scenario.agentspec('approve', '-1', 'c1', '--by', 'eve')).toMatchObject({
    code: 3,
    json: { error: { message: expect.stringContaining('reject by ben') } },
  })
  expect(await scenario.agentspec('approve', '-1', '--by', 'cleo', '--resume')).toMatchObject({
    code: 0,
  })
  expect(scenario.bodies()).toEqual(['b 2', 'b 3'])
  const { json } = await scenario.agentspec('show', '-1', '--events')
  const decided = (json as { events: readonly JsonObject[] }).events.filter(
    ({ type }) => type === 'approval.decided',
  )
  expect(decided.map(({ call_id, decision, by }) => [call_id, decision, by])).toEqual([
    ['c2', 'approve', 'ana'],
    ['c1', 'reject', 'ben'],
    ['c3', 'approve', 'cleo'],
  ])
})
