/** Runs that outlive the spec, or the release, they were made with: each step in a process of its own. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const GATED = `agents: { main: { tools: [a, b] } }\ntools:\n${tool('a')}${tool('b', ', needs_approval: true')}`
const WITHOUT_B = `agents: { main: { tools: [a] } }\ntools:\n${tool('a')}`

async function startPaused(): Promise<Scenario> {
  const scenario = await startScenario(GATED, [[calls('b', 'c1', { n: 1 })], says('Done.')])
  expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 4 })
  return scenario
}

/** Replaces what follows the models in the spec of a scenario. */
function rewrite(scenario: Scenario, file: string): void {
  const text = readFileSync(join(scenario.path, 'spec.yaml'), 'utf8').replace(GATED, WITHOUT_B)
  writeFileSync(join(scenario.path, file), text)
}

describe('a call whose tool is gone', () => {
  test('is carried out by the spec the run is pinned to, approved or rejected (scenario 14)', async () => {
    for (const [verb, bodies, output] of [
      ['approve', ['b 1'], 'b1'],
      ['reject', [], 'Tool execution was not approved.'],
    ] as const) {
      await using scenario = await startPaused()
      rewrite(scenario, 'spec.yaml')
      rmSync(join(scenario.path, 'tools.js'))
      expect(await scenario.agentspec(verb, '-1', '--resume')).toMatchObject({
        code: 0,
        json: { status: 'completed', final_output: 'Done.' },
      })
      expect(scenario.bodies()).toEqual(bodies)
      expect(scenario.input().at(-1)).toMatchObject({ call_id: 'c1', output })
    }
  })

  test('is a reason not to go on with a spec without it: nothing runs, the decision stays (scenario 14)', async () => {
    await using scenario = await startPaused()
    await scenario.agentspec('approve', '-1')
    rewrite(scenario, 'next.yaml')
    const refused = await scenario.agentspec('resume', '-1', '--spec', 'next.yaml')
    expect(refused).toMatchObject({ code: 3, json: { error: { message: expect.stringContaining('b') } } })
    expect(refused.stderr).toContain('removed')
    expect(scenario.bodies()).toEqual([])
    expect(scenario.requests).toHaveLength(1)
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1'])
  })
})

describe('a saved state', () => {
  test.each([
    ['of a release to come', 2, '2'],
    ['of no version at all', undefined, 'schema_version'],
    ['of a version that is none', '1', 'schema_version'],
  ])(
    '%s is refused, with the versions that are known, and changes nothing (scenario 15)',
    async (_, version, named) => {
      await using scenario = await startPaused()
      const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle')
      const { schema_version: __, ...rest } = JSON.parse(stdout) as JsonObject
      const state = version === undefined ? rest : { ...rest, schema_version: version }
      writeFileSync(join(scenario.path, 'state.json'), JSON.stringify(state))
      const at = ['--store', 'sqlite:other.db']
      const refused = await scenario.agentspec('state', 'import', 'state.json', '--trust-spec', ...at)
      expect(refused).toMatchObject({ code: 2 })
      expect(refused.stderr).toContain(named)
      expect(refused.stderr).toMatch(/\b1\b/u)
      expect(await scenario.agentspec('runs', ...at)).toMatchObject({ code: 0, json: { runs: [] } })
      expect(scenario.bodies()).toEqual([])
    },
  )
})
