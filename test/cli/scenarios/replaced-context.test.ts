/** `--context` on the way back: another context, the same approvals and usage; each step in a process of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const SPEC = `context:
  schema: { type: object, properties: { tier: { enum: [free, pro] }, note: { type: string } }, required: [tier] }
  default: { tier: free }
agents: { main: { instructions: "Tier {{ context.tier }}.", tools: [b] } }
tools:
${tool('b', `, needs_approval: { when: "context.tier == 'free'" }`)}`

const TURNS = [[calls('b', 'c1', { n: 1 })], [calls('b', 'c2', { n: 2 })], says('Done.')]

async function eventsOf(scenario: Scenario): Promise<readonly JsonObject[]> {
  const { json } = await scenario.agentspec('show', '-1', '--events')
  return (json as { events: readonly JsonObject[] }).events
}

describe('--context', () => {
  test('of resume takes the place of the context; what was approved and used stays', async () => {
    await using scenario = await startScenario(SPEC, TURNS)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--by', 'ana')).toMatchObject({ code: 0 })
    writeFileSync(join(scenario.path, 'pro.json'), '{"tier":"pro","note":"upgraded"}')
    const done = await scenario.agentspec('resume', '-1', '--context', '@pro.json')
    expect(done).toMatchObject({ code: 0, json: { usage: { requests: 3 } } })
    expect(scenario.bodies()).toEqual(['b 1', 'b 2'])
    expect(scenario.requests.map(({ body }) => body['instructions'])).toEqual([
      'Tier free.',
      'Tier pro.',
      'Tier pro.',
    ])
    const events = await eventsOf(scenario)
    expect(events.filter(({ type }) => type === 'run.resumed')).toMatchObject([
      { context: { tier: 'pro', note: 'upgraded' } },
    ])
    expect(events.filter(({ type }) => type === 'approval.decided')).toMatchObject([{ by: 'ana' }])
    expect((await scenario.agentspec('show', '-1')).json).toMatchObject({
      context: { tier: 'pro', note: 'upgraded' },
    })
  })

  test('of approve --resume does the same', async () => {
    await using scenario = await startScenario(SPEC, TURNS)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(
      await scenario.agentspec('approve', '-1', '--resume', '--context', '{"tier":"pro"}'),
    ).toMatchObject({ code: 0 })
    expect(scenario.bodies()).toEqual(['b 1', 'b 2'])
  })

  test.each([
    ['resume', '-1'],
    ['approve', '-1', '--resume'],
    ['reject', '-1', '--resume'],
  ])('that does not fit the schema changes nothing: %s', async (...words) => {
    await using scenario = await startScenario(SPEC, TURNS)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const before = await eventsOf(scenario)
    const refused = await scenario.agentspec(...words, '--context', '{"tier":"gold"}')
    expect(refused).toMatchObject({ code: 2, json: { error: { code: 'invalid_context' } } })
    expect(await eventsOf(scenario)).toEqual(before)
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 4 })
  })

  test('goes with a document into another store', async () => {
    await using scenario = await startScenario(SPEC, TURNS)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle', '--move')
    writeFileSync(join(scenario.path, 'run.json'), stdout)
    const other = ['--store', 'sqlite:other.db']
    await scenario.agentspec('state', 'import', 'run.json', '--trust-spec', ...other)
    const go = ['approve', '-1', '--resume', '--base', '.', '--context', '{"tier":"pro"}', ...other]
    expect(await scenario.agentspec(...go)).toMatchObject({ code: 0, json: { usage: { requests: 3 } } })
    expect(scenario.bodies()).toEqual(['b 1', 'b 2'])
  })
})
