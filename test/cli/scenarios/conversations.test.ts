/** Sessions, staged input and streams around a pause; from the command line over HTTP. */
import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Turn } from '../../support/scenario.ts'

const SPEC = `agents: { main: { tools: [a, b] } }\ntools:\n${tool('a')}${tool('b', ', needs_approval: true')}`
const ONE_CALL: readonly Turn[] = [[calls('b', 'c1', { n: 1 })], says('Done.')]
const output = (callId: string, text: string): object => ({
  type: 'function_call_output',
  call_id: callId,
  output: text,
})

describe('a session', () => {
  test('has question, call, output and answer of a run that paused exactly once (scenario 18)', async () => {
    await using scenario = await startScenario(SPEC, [...ONE_CALL, says('Again.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go', '--session', 's')
    await scenario.agentspec('approve', '-1', '--resume')
    await scenario.agentspec('run', 'spec.yaml', 'And now?', '--session', 's')
    expect(scenario.input()).toMatchObject([
      { role: 'user' },
      { type: 'function_call', call_id: 'c1' },
      output('c1', 'b1'),
      { type: 'message', role: 'assistant' },
      { role: 'user' },
    ])
    expect(scenario.input()).toHaveLength(5)
  })

  test('that goes on without the paused run shows the model no call without an output (scenario 19)', async () => {
    await using scenario = await startScenario(SPEC, [[calls('b', 'c1')], says('Something else.')])
    const { code } = await scenario.agentspec('run', 'spec.yaml', 'Go', '--session', 's')
    expect(code).toBe(4)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Forget it', '--session', 's')).toMatchObject({
      code: 0,
    })
    expect(scenario.input()).toMatchObject([{ role: 'user' }, { role: 'user' }])
    expect(scenario.bodies()).toEqual([])
  })
})

describe('input given to a paused run', () => {
  test('comes after the output of the call, exactly once (scenario 27)', async () => {
    await using scenario = await startScenario(SPEC, ONE_CALL)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('resume', '-1', '--input', 'Be quick')).toMatchObject({ code: 4 })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input()).toMatchObject([
      { role: 'user' },
      { call_id: 'c1', type: 'function_call' },
      output('c1', 'b1'),
      { role: 'user' },
    ])
    expect(scenario.input()).toHaveLength(4)
  })
})

describe('a stream', () => {
  test('goes on after a pause with what happens now, and repeats nothing (scenario 20)', async () => {
    await using scenario = await startScenario(SPEC, ONE_CALL)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const { stdout, code } = await scenario.agentspec('approve', '-1', '--resume', '--events')
    expect(code).toBe(0)
    const events = stdout
      .trim()
      .split('\n')
      .map((line): { type: string } => JSON.parse(line))
    const seen = events.map(({ type }) => type).filter((type) => !type.endsWith('.delta'))
    expect(seen).toEqual([
      'run.resumed',
      'tool.started',
      'tool.completed',
      'turn.started',
      'model.requested',
      'model.responded',
      'run.completed',
      'result',
    ])
  })
})

describe('usage', () => {
  test('goes on from the pause, in each copy by itself (scenario 30)', async () => {
    await using scenario = await startScenario(SPEC, [...ONE_CALL, says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      json: { usage: { total_tokens: 15 } },
    })
    const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle')
    await writeFile(`${scenario.path}/saved.json`, stdout)
    for (const store of ['one.db', 'two.db']) {
      const at = ['--store', `sqlite:${store}`]
      await scenario.agentspec('state', 'import', 'saved.json', '--trust-spec', ...at)
      expect(await scenario.agentspec('approve', '-1', '--resume', ...at)).toMatchObject({
        code: 0,
        json: { usage: { requests: 2, total_tokens: 30 } },
      })
    }
    expect(await scenario.agentspec('show', '-1')).toMatchObject({
      json: { usage: { requests: 1, total_tokens: 15 } },
    })
  })
})
