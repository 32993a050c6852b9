/** Approvals as openai-agents has them, from the command line over HTTP: each step in a process of its own. */
import { describe, expect, test } from 'vitest'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Turn } from '../../support/scenario.ts'

const AGENT = 'agents: { main: { tools: [a, b, bad] } }\ntools:\n'
const GATED = `${AGENT}${tool('a')}${tool('b', ', needs_approval: true')}${tool('bad', ', needs_approval: true')}`

const output = (callId: string, text: string): object => ({
  type: 'function_call_output',
  call_id: callId,
  output: text,
})

describe('a gated call', () => {
  test('pauses the run before its body, and runs once when it is approved (scenarios 1, 2)', async () => {
    await using scenario = await startScenario(GATED, [[calls('b', 'c1', { n: 1 })], says('Done.')])
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(paused).toMatchObject({
      code: 4,
      json: {
        status: 'paused',
        final_output: null,
        interruptions: [{ tool: 'b', arguments: { n: 1 }, call_id: 'c1' }],
      },
    })
    expect(scenario.bodies()).toEqual([])
    expect(scenario.requests).toHaveLength(1)
    const done = await scenario.agentspec('approve', '-1', '--resume')
    expect(done).toMatchObject({ code: 0, json: { status: 'completed', final_output: 'Done.', turns: 2 } })
    expect(scenario.bodies()).toEqual(['b 1'])
    expect(scenario.requests).toHaveLength(2)
    expect(scenario.input()).toMatchObject([
      { role: 'user' },
      { call_id: 'c1', arguments: '{"n":1}' },
      output('c1', 'b1'),
    ])
  })

  test.each([
    ["the approver's words", '', ['--message', 'no'], 'no'],
    ["the spec's words", 'approvals: { rejection_message: Not today. }\n', [], 'Not today.'],
    ['the default words', '', [], 'Tool execution was not approved.'],
  ])(
    'is not run when it is rejected, and the model is told in %s (scenario 3)',
    async (_, more, flags, text) => {
      await using scenario = await startScenario(GATED + more, [[calls('b', 'c1')], says('Done.')])
      await scenario.agentspec('run', 'spec.yaml', 'Go')
      const done = await scenario.agentspec('reject', '-1', '--resume', ...flags)
      expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
      expect(scenario.bodies()).toEqual([])
      expect(scenario.input().at(-1)).toEqual(output('c1', text))
    },
  )

  test('holds back only itself: a free sibling runs once, outputs keep the order of the calls (scenario 4)', async () => {
    await using scenario = await startScenario(GATED, [[calls('b', 'c1'), calls('a', 'c2')], says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'c1' }] },
    })
    expect(scenario.bodies()).toEqual(['a'])
    await scenario.agentspec('approve', '-1', '--resume')
    expect(scenario.bodies()).toEqual(['a', 'b'])
    expect(scenario.input().slice(-2)).toEqual([output('c1', 'b'), output('c2', 'a')])
  })

  test('waits for its own decision: one of two approved runs alone, without asking the model (scenario 5)', async () => {
    const both: Turn = [calls('b', 'c1', { n: 1 }), calls('b', 'c2', { n: 2 })]
    await using scenario = await startScenario(GATED, [both, says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', 'c1', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'c2' }] },
    })
    expect(scenario.bodies()).toEqual(['b 1'])
    expect(scenario.requests).toHaveLength(1)
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1', 'b 2'])
  })

  test('that throws once approved is not run again: the model is told (scenario 16)', async () => {
    await using scenario = await startScenario(GATED, [[calls('bad', 'c1')], says('Sorry.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['bad'])
    const text = 'An error occurred while running the tool. Please try again. Error: out of order'
    expect(scenario.input().at(-1)).toEqual(output('c1', text))
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 3 })
    expect(scenario.bodies()).toEqual(['bad'])
  })
})

describe('a decision for always', () => {
  test('to approve holds for later calls of the tool, in whichever process they come (scenario 6)', async () => {
    const turns: Turn[] = [
      [calls('b', 'c1', { n: 1 })],
      [calls('b', 'c2', { n: 2 })],
      [calls('bad', 'c3')],
      says('Done.'),
    ]
    await using scenario = await startScenario(GATED, turns)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--always', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'c3', tool: 'bad' }] },
    })
    expect(scenario.bodies()).toEqual(['b 1', 'b 2'])
  })

  test('leaves an exact decision alone (scenario 7)', async () => {
    const both: Turn = [calls('b', 'c1', { n: 1 }), calls('b', 'c3', { n: 3 })]
    await using scenario = await startScenario(GATED, [both, [calls('b', 'c4', { n: 4 })], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('reject', '-1', 'c3', '--message', 'not this one')
    expect(await scenario.agentspec('approve', '-1', 'c1', '--always', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1', 'b 4'])
    expect(scenario.input(1).at(-1)).toEqual(output('c3', 'not this one'))
  })

  test('to reject holds too, with its message and without asking (scenario 8)', async () => {
    await using scenario = await startScenario(GATED, [[calls('b', 'c1')], [calls('b', 'c2')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const done = await scenario.agentspec('reject', '-1', '--always', '--message', 'never b', '--resume')
    expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
    expect(scenario.input(1).at(-1)).toEqual(output('c1', 'never b'))
    expect(scenario.input(2).at(-1)).toEqual(output('c2', 'never b'))
    expect(scenario.bodies()).toEqual([])
  })
})

describe('what is in doubt', () => {
  const OAKLAND = `${AGENT}${tool('a')}${tool('bad')}${tool('b', `, needs_approval: { when: "has(args.n) && args.n > 100" }`)}`

  test.each([
    ['cut off', '{"n": 1'],
    ['null', 'null'],
    ['a list', '[1]'],
  ])(
    'arguments that are %s ask a person, and even approved never reach the body (scenario 9)',
    async (_, args) => {
      await using scenario = await startScenario(OAKLAND, [[calls('b', 'c1', args)], says('Done.')])
      expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
        code: 4,
        json: { interruptions: [{ call_id: 'c1', arguments: args }] },
      })
      expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
      expect(scenario.bodies()).toEqual([])
      expect(scenario.input().at(-1)).toMatchObject({
        call_id: 'c1',
        output: expect.stringContaining('An error occurred while parsing tool arguments.'),
      })
    },
  )

  test('a call below the limit of its rule runs, one above it asks (scenario 9)', async () => {
    const turns: Turn[] = [[calls('b', 'c1', { n: 100 })], [calls('b', 'c2', { n: 101 })], says('Done.')]
    await using scenario = await startScenario(OAKLAND, turns)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'c2' }] },
    })
    expect(scenario.bodies()).toEqual(['b 100'])
  })

  test('one id for two different calls fails the turn before anything runs (scenario 17)', async () => {
    const twice: Turn = [calls('a', 'c1', { n: 1 }), calls('a', 'c1', { n: 2 })]
    await using scenario = await startScenario(GATED, [twice])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 1,
      json: { status: 'failed', error: { code: 'model_behavior_error', call_id: 'c1' } },
    })
    expect(scenario.bodies()).toEqual([])
  })

  test('an approved id used again in a later turn is a new call, and asks anew (scenario 17)', async () => {
    const turns: Turn[] = [[calls('b', 'c1', { n: 1 })], [calls('b', 'c1', { n: 2 })], says('Done.')]
    await using scenario = await startScenario(GATED, turns)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', 'c1', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'c1', arguments: { n: 2 } }] },
    })
    expect(scenario.bodies()).toEqual(['b 1'])
  })
})

describe('a tool that ends the run', () => {
  const STOPS = `agents: { main: { tools: [b], tool_use_behavior: stop_on_first_tool } }\ntools:\n${tool('b', ', needs_approval: true')}`

  test('answers once it is approved, without another model call; input before that is refused (scenario 26)', async () => {
    await using scenario = await startScenario(STOPS, [[calls('b', 'c1', { n: 1 })]])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('resume', '-1', '--input', 'More')).toMatchObject({ code: 3 })
    const done = await scenario.agentspec('approve', '-1', '--resume')
    expect(done).toMatchObject({ code: 0, json: { final_output: 'b1', turns: 1 } })
    expect(scenario.requests).toHaveLength(1)
  })
})
