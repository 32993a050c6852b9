/** People and processes that want something of one run at the same moment, over SQLite: one wins, the body runs once. */
import { describe, expect, test } from 'vitest'
import type { CommandResult } from '../../support/run-command.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const GATED = `agents: { main: { tools: [b] } }\ntools:\n${tool('b', ', needs_approval: true')}`

/** A run that waits for one approval, and answers once it has it. */
async function startPaused(): Promise<Scenario> {
  const scenario = await startScenario(GATED, [[calls('b', 'c1', { n: 1 })], says('Done.')])
  expect((await scenario.agentspec('run', 'spec.yaml', 'Go')).code).toBe(4)
  return scenario
}

const codesOf = (results: readonly CommandResult[]): readonly string[] =>
  results.map(({ code }) => String(code)).toSorted()

async function typesOf(scenario: Scenario, type: string): Promise<number> {
  const { json } = await scenario.agentspec('show', '-1', '--events')
  return (json as { events: readonly { type: string }[] }).events.filter((event) => event.type === type)
    .length
}

describe('at the same moment', () => {
  test('two people who approve are both heard, and it is recorded once', async () => {
    await using scenario = await startPaused()
    const both = await Promise.all([
      scenario.agentspec('approve', '-1', '--by', 'ana'),
      scenario.agentspec('approve', '-1', '--by', 'bob'),
    ])
    expect(codesOf(both)).toEqual(['0', '0'])
    expect(await typesOf(scenario, 'approval.decided')).toBe(1)
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1'])
  })

  test('of one who approves and one who rejects, the other is told of the first', async () => {
    await using scenario = await startPaused()
    const [approved, rejected] = await Promise.all([
      scenario.agentspec('approve', '-1', '--by', 'ana'),
      scenario.agentspec('reject', '-1', '--by', 'bob'),
    ])
    expect(codesOf([approved, rejected])).toEqual(['0', '3'])
    const loser = approved.code === 3 ? approved : rejected
    expect(loser.json).toMatchObject({ error: { code: 'decided_otherwise' } })
    expect(await typesOf(scenario, 'approval.decided')).toBe(1)
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(approved.code === 0 ? ['b 1'] : [])
  })

  test('of two who resume, one drives the run and the body runs once', async () => {
    await using scenario = await startPaused()
    await scenario.agentspec('approve', '-1')
    const both = await Promise.all([scenario.agentspec('resume', '-1'), scenario.agentspec('resume', '-1')])
    expect(codesOf(both)).toEqual(['0', '3'])
    expect(scenario.bodies()).toEqual(['b 1'])
    expect(scenario.requests).toHaveLength(2)
  })

  test('one who approves and one who cancels leave a run that has ended one way', async () => {
    await using scenario = await startPaused()
    const [approved, cancelled] = await Promise.all([
      scenario.agentspec('approve', '-1', '--resume'),
      scenario.agentspec('cancel', '-1'),
    ])
    const { json } = await scenario.agentspec('show', '-1')
    const { status } = json as { status: string }
    expect(['completed', 'cancelled']).toContain(status)
    if (status === 'completed') expect([approved.code, cancelled.code]).toEqual([0, 3])
    else expect([1, 3]).toContain(approved.code)
    expect(scenario.bodies().length).toBeLessThanOrEqual(1)
    expect(await scenario.agentspec('approve', '-1')).toMatchObject({ code: 3 })
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 3 })
  })
})
