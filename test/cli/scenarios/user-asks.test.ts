/** The user's config says `approvals: ask`: nothing that a spec allows by itself outranks that. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const ALLOWED = `agents: { main: { tools: [a, b] } }
tools:
${tool('a')}${tool('b', ', needs_approval: true')}
approvals:
  rules:
    - { tool: a, decide: allow }
    - { tool: b, when: "args.n < 5", decide: allow }
    - { tool: b, when: "args.n > 90", decide: deny, message: Too much }
`

const RUN_IT = `agents: { main: { tools: [run] } }
tools:
  run: { type: shell, needs_approval: true, on_approval: { handler: ./rules.js#review } }
`

const RULES = `export const review = ({ arguments: { commands } }) => ({ approve: commands[0] === 'echo yes', reason: 'so I say' })
`

const shell = (callId: string, command: string): JsonObject => ({
  type: 'shell_call',
  id: `sh_${callId}`,
  call_id: callId,
  status: 'completed',
  action: { commands: [command], timeout_ms: null, max_output_length: null },
})

function withConfig(scenario: Scenario, config = 'approvals: ask\n'): Scenario {
  const folder = join(scenario.path, '.config/agentspec')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.yaml'), config)
  writeFileSync(join(scenario.path, 'rules.js'), RULES)
  return scenario
}

const TURNS = [[calls('a', 'c1', { n: 1 }), calls('b', 'c2', { n: 2 }), calls('b', 'c3', { n: 99 })]]

describe('with "approvals: ask" in the config of the user', () => {
  test('what a rule of the spec allows asks all the same where it would ask without that rule', async () => {
    await using scenario = withConfig(await startScenario(ALLOWED, [...TURNS, says('Done.')]))
    const { code, json } = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect({ code, json }).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c2' }] } })
    expect(scenario.bodies()).toEqual(['a 1'])
    const waiting = await scenario.agentspec('approvals')
    expect(waiting.json).toMatchObject({
      approvals: [
        {
          call_id: 'c2',
          rule: { kind: 'user_config', reason: expect.stringContaining('/approvals/rules/1') },
        },
      ],
    })
  })

  test('a later turn of a resumed run asks, too, and the user may allow by a flag', async () => {
    const again = [calls('b', 'c4', { n: 3 })]
    await using scenario = withConfig(
      await startScenario(ALLOWED, [[calls('b', 'c2', { n: 2 })], again, again, says('Done.')]),
    )
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const resumed = await scenario.agentspec('approve', '-1', '--resume')
    expect(resumed).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c4' }] } })
    expect(scenario.bodies()).toEqual(['b 2'])
    const allowed = await scenario.agentspec('approve', '-1', '--resume', '--approvals', 'allow')
    expect(allowed).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 2', 'b 3', 'b 3'])
  })

  test('a function of the spec may refuse, but not allow', async () => {
    const both = [shell('c1', 'echo yes'), shell('c2', 'echo no')]
    await using scenario = withConfig(await startScenario(RUN_IT, [both, says('Done.')]))
    const { code, json } = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect({ code, json }).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c1' }] } })
  })

  test('explain names the config, and the rule that it outranks', async () => {
    await using scenario = withConfig(await startScenario(ALLOWED, []))
    const ask = (n: number): ReturnType<Scenario['agentspec']> =>
      scenario.agentspec(
        'explain',
        'spec.yaml',
        '--agent',
        'main',
        '--tool',
        'b',
        '--args',
        JSON.stringify({ n }),
      )
    expect((await ask(2)).json).toEqual({
      decision: 'ask',
      rule: {
        kind: 'user_config',
        file: join(scenario.path, '.config/agentspec/config.yaml'),
        start: null,
        pointer: null,
      },
      reason: expect.stringMatching(/approvals: ask.*\/approvals\/rules\/1.*\/tools\/b\/needs_approval/u),
    })
    expect((await ask(99)).json).toMatchObject({ decision: 'deny', rule: { pointer: '/approvals/rules/2' } })
    expect((await ask(50)).json).toMatchObject({ decision: 'ask', rule: { kind: 'tool' } })
  })
})

describe('without it', () => {
  test.each(['', 'approvals: pause\n'])('the rules of the spec count (%j)', async (config) => {
    await using scenario = withConfig(await startScenario(ALLOWED, [...TURNS, says('Done.')]), config)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.bodies().toSorted()).toEqual(['a 1', 'b 2'])
  })
})
