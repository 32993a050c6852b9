/** Agents that hand over and agents that call agents, with approvals on every level; from the command line over HTTP. */
import { describe, expect, test } from 'vitest'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Turn } from '../../support/scenario.ts'

const output = (callId: string, text: string): object => ({
  type: 'function_call_output',
  call_id: callId,
  output: text,
})
const GATED_B = tool('b', ', needs_approval: true')

describe('a handoff', () => {
  const AGENTS = `entry: main\nagents:\n  main: { tools: [b], handoffs: [x, y] }\n  x: { instructions: I am x. }\n  y: { instructions: I am y. }\ntools:\n${GATED_B}`

  test('waits for a gated sibling, then hands over (scenario 10)', async () => {
    const turns: Turn[] = [[calls('b', 'c1', { n: 1 }), calls('transfer_to_x', 'h1')], says('x here.')]
    await using scenario = await startScenario(AGENTS, turns)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { last_agent: 'main', interruptions: [{ call_id: 'c1' }] },
    })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({
      code: 0,
      json: { last_agent: 'x', final_output: 'x here.' },
    })
    expect(scenario.bodies()).toEqual(['b 1'])
    expect(scenario.input().slice(-2)).toEqual([output('c1', 'b1'), output('h1', '{"assistant":"x"}')])
    expect(scenario.requests[1]?.body['instructions']).toBe('I am x.')
  })

  test('is the first of several, the others are answered as ignored (scenario 24)', async () => {
    const turns: Turn[] = [[calls('transfer_to_x', 'h1'), calls('transfer_to_y', 'h2')], says('x here.')]
    await using scenario = await startScenario(AGENTS, turns)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 0,
      json: { last_agent: 'x' },
    })
    expect(scenario.input().slice(-2)).toEqual([
      output('h1', '{"assistant":"x"}'),
      output('h2', 'Multiple handoffs detected, ignoring this one.'),
    ])
  })
})

describe('an agent as a tool', () => {
  const OUTER = (gate: string): string =>
    `entry: main\nagents:\n  main: { tools: [helper] }\n  inner: { instructions: I help., tools: [b] }\ntools:\n  helper: { type: agent, agent: inner, description: Helps${gate} }\n${GATED_B}`
  const TURNS: Turn[] = [
    [calls('helper', 'o1', { input: 'Please' })],
    [calls('b', 'i1', { n: 1 })],
    says('Inner done.'),
    says('Outer done.'),
  ]

  test('surfaces what waits inside it, and goes on from there at the root (scenario 11)', async () => {
    await using scenario = await startScenario(OUTER(''), TURNS)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: {
        last_agent: 'main',
        interruptions: [{ call_id: 'i1', agent: 'inner', tool: 'b', path: ['o1'] }],
      },
    })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({
      code: 0,
      json: { final_output: 'Outer done.', turns: 2, usage: { requests: 4, total_tokens: 60 } },
    })
    expect(scenario.bodies()).toEqual(['b 1'])
    expect(scenario.input(2)).toMatchObject([{ role: 'user' }, { call_id: 'i1' }, output('i1', 'b1')])
    expect(scenario.input(3)).toMatchObject([
      { role: 'user' },
      { call_id: 'o1' },
      output('o1', 'Inner done.'),
    ])
  })

  test('that is gated itself pauses twice: for itself, then for what it calls (scenario 13)', async () => {
    await using scenario = await startScenario(OUTER(', needs_approval: true'), TURNS)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'o1', kind: 'agent', path: [] }] },
    })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'i1', path: ['o1'] }] },
    })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1'])
  })

  test('three levels deep is decided at the root, and each copy of the run goes on by itself (scenario 12)', async () => {
    const spec = `entry: main
agents:
  main: { tools: [one] }
  middle: { tools: [two] }
  inner: { tools: [b] }
tools:
  one: { type: agent, agent: middle, description: One }
  two: { type: agent, agent: inner, description: Two }
${GATED_B}`
    const ends: Turn[] = [says('inner'), says('middle'), says('outer')]
    const turns: Turn[] = [
      [calls('one', 'o1', { input: '1' })],
      [calls('two', 'm1', { input: '2' })],
      [calls('b', 'i1', { n: 1 })],
      ...ends,
      ...ends,
    ]
    await using scenario = await startScenario(spec, turns)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'i1', path: ['o1', 'm1'] }] },
    })
    const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle')
    await writeFile(join(scenario.path, 'saved.json'), stdout)
    for (const store of ['one.db', 'two.db']) {
      const at = ['--store', `sqlite:${store}`]
      expect(await scenario.agentspec('state', 'import', 'saved.json', '--trust-spec', ...at)).toMatchObject({
        code: 0,
      })
      expect(await scenario.agentspec('approve', '-1', 'o1/m1/i1', '--resume', ...at)).toMatchObject({
        code: 0,
        json: { final_output: 'outer', usage: { requests: 6 } },
      })
    }
    expect(scenario.bodies()).toEqual(['b 1', 'b 1'])
    expect(await readFile(join(scenario.path, 'saved.json'), 'utf8')).toBe(stdout)
    expect(await scenario.agentspec('show', '-1')).toMatchObject({
      json: { status: 'paused', usage: { requests: 3 } },
    })
  })
})
