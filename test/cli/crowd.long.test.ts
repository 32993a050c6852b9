/** Thirty-two processes that want something of one run, or of one session, at the same moment. */
import { expect, test } from 'vitest'
import type { CommandResult } from '../support/run-command.ts'
import { calls, says, startScenario, tool } from '../support/scenario.ts'
import type { Scenario } from '../support/scenario.ts'

const CROWD = 32
const GATED = `agents: { main: { tools: [b] } }\ntools:\n${tool('b', ', needs_approval: true')}`

async function startPaused(): Promise<Scenario> {
  const scenario = await startScenario(GATED, [[calls('b', 'c1', { n: 1 })], says('Done.')])
  expect((await scenario.agentspec('run', 'spec.yaml', 'Go')).code).toBe(4)
  return scenario
}

const everybody = (work: (index: number) => Promise<CommandResult>): Promise<readonly CommandResult[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, index) => work(index)))

/** Losers end with 3, and say what happened in words. */
function expectOneWinner(results: readonly CommandResult[], codes: readonly string[]): void {
  expect(results.filter(({ code }) => code === 0)).toHaveLength(1)
  for (const { code, json, stderr } of results.filter((one) => one.code !== 0)) {
    expect(code).toBe(3)
    expect(codes).toContain((json as { readonly error: { readonly code: string } }).error.code)
    expect(stderr).toMatch(/^error: .+/u)
  }
}

test('of many who resume one drives the run, and the body runs once', async () => {
  await using scenario = await startPaused()
  await scenario.agentspec('approve', '-1')
  expectOneWinner(await everybody(() => scenario.agentspec('resume', '-1')), ['run_busy', 'run_ended'])
  expect(scenario.bodies()).toEqual(['b 1'])
})

test('of many who decide the first one counts', async () => {
  await using scenario = await startPaused()
  const results = await everybody((index) => scenario.agentspec(index % 2 === 0 ? 'approve' : 'reject', '-1'))
  const won = results.filter(({ code }) => code === 0)
  expect(won).toHaveLength(CROWD / 2)
  const fresh = won.filter(({ json }) => JSON.stringify(json).includes('"already_decided":false'))
  expect(fresh).toHaveLength(1)
  const lost = results.filter(({ code }) => code !== 0)
  expect(lost.every(({ code, stderr }) => code === 3 && stderr.includes('already decided'))).toBe(true)
})

test('many turns on one session are kept whole, one after the other', async () => {
  const turns = Array.from({ length: CROWD }, () => says('Yes.'))
  await using scenario = await startScenario('agents: { main: {} }\n', turns)
  const results = await everybody((index) =>
    scenario.agentspec('run', 'spec.yaml', `Question ${index}`, '--session', 's', '--wait', '280s'),
  )
  expect(results.map(({ code }) => code)).toEqual(Array<number>(CROWD).fill(0))
  const { json } = await scenario.agentspec('sessions', 'show', 's')
  const { items } = json as { readonly items: readonly { readonly role: string }[] }
  expect(items.map(({ role }) => role)).toEqual(
    Array.from({ length: 2 * CROWD }, (_, index) => (index % 2 === 0 ? 'user' : 'assistant')),
  )
})
