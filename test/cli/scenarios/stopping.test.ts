/** Runs that meet a limit, a guardrail or a wish to stop around a pause: each step in a process of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startCommand } from '../../support/live-command.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario, Turn } from '../../support/scenario.ts'

const TOOLS = `agents: { main: { tools: [a, b] } }\ntools:\n${tool('a')}${tool('b', ', needs_approval: true')}`
const output = (callId: string, text: string): object => ({
  type: 'function_call_output',
  call_id: callId,
  output: text,
})

/** What the guardrail looked at, in order. */
function looks(scenario: Scenario): readonly string[] {
  return readFileSync(join(scenario.path, 'looks.log'), 'utf8').trim().split('\n')
}

async function itemsOf(scenario: Scenario, session: string): Promise<unknown> {
  const { json } = await scenario.agentspec('sessions', 'show', session)
  return (json as { readonly items: unknown }).items
}

describe('max_turns', () => {
  test.each([true, false])(
    'is answered by the spec, which is history where it says so: %s (scenario 23)',
    async (included) => {
      const answer = `{ final_output: Too long., include_in_history: ${included} }`
      const limits = `run: { max_turns: 1, on_error: { max_turns: ${answer} } }\n`
      await using scenario = await startScenario(TOOLS + limits, [[calls('b', 'c1', { n: 1 })]])
      expect((await scenario.agentspec('run', 'spec.yaml', 'Go', '--session', 's')).code).toBe(4)
      expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({
        code: 0,
        json: { final_output: 'Too long.', turns: 1 },
      })
      expect(scenario.requests).toHaveLength(1)
      const own = included ? [{ role: 'assistant', content: 'Too long.' }] : []
      expect(await itemsOf(scenario, 's')).toMatchObject([
        { role: 'user' },
        { call_id: 'c1' },
        output('c1', 'b1'),
        ...own,
      ])
      expect(await itemsOf(scenario, 's')).toHaveLength(3 + own.length)
    },
  )

  test('is counted over a pause, and a failed run goes on with a higher one (scenario 23)', async () => {
    const turns: Turn[] = [[calls('b', 'c1', { n: 1 })], [calls('a', 'c2', { n: 2 })], says('Done.')]
    await using scenario = await startScenario(`${TOOLS}run: { max_turns: 2 }\n`, turns)
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({
      code: 1,
      json: { status: 'failed', turns: 2, error: { code: 'max_turns_exceeded' } },
    })
    expect(scenario.bodies()).toEqual(['b 1', 'a 2'])
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 1, json: { turns: 2 } })
    expect(scenario.requests).toHaveLength(2)
    expect(await scenario.agentspec('resume', '-1', '--max-turns', '3')).toMatchObject({
      code: 0,
      json: { turns: 3, final_output: 'Done.' },
    })
    expect(scenario.bodies()).toEqual(['b 1', 'a 2'])
  })
})

describe('a guardrail of a gated tool', () => {
  const GUARDED = `agents: { main: { tools: [b] } }
guardrails: { small: { type: handler, handler: ./rules.js#small, behavior: reject_content, message: Too much. } }
approvals: { pre_approval_guardrails: true }
tools:
${tool('b', ', needs_approval: true, input_guardrails: [small]')}`
  const RULES = `import { appendFileSync } from 'node:fs'
export function small({ args }) { appendFileSync('looks.log', args.n + '\\n'); return args.n > 100 }
`

  test('refuses before a person is asked, and looks again once one said yes (scenario 25)', async () => {
    const turns: Turn[] = [[calls('b', 'c1', { n: 101 })], [calls('b', 'c2', { n: 1 })], says('Done.')]
    await using scenario = await startScenario(GUARDED, turns)
    writeFileSync(join(scenario.path, 'rules.js'), RULES)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { turns: 2, interruptions: [{ call_id: 'c2' }] },
    })
    expect(scenario.input(1).at(-1)).toEqual(output('c1', 'Too much.'))
    expect(looks(scenario)).toEqual(['101', '1'])
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(looks(scenario)).toEqual(['101', '1', '1'])
    expect(scenario.bodies()).toEqual(['b 1'])
  })
})

describe('a run that is asked to stop', () => {
  const SLOW = `agents: { main: { tools: [slow] } }
tools:
  slow: { type: function, description: Slow, handler: ./slow.js#slow, strict: false, parameters: { type: object } }
`
  const BODY = `import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export async function slow(args, ctx) {
  appendFileSync('bodies.log', 'slow\\n')
  ctx.progress('begun')
  while (!existsSync('go')) await setTimeout(20)
  return 'slow'
}
`

  test('in the middle of a turn finishes it, saves it, and goes on with the next model call (scenario 28)', async () => {
    await using scenario = await startScenario(SLOW, [[calls('slow', 'c1')], says('Done.')])
    writeFileSync(join(scenario.path, 'slow.js'), BODY)
    const command = startCommand(['run', 'spec.yaml', 'Go', '--session', 's', '--json', '--verbose'], {
      cwd: scenario.path,
      env: scenario.env,
    })
    await command.waitFor('begun')
    command.signal('SIGINT')
    await command.waitFor('finishing this turn')
    writeFileSync(join(scenario.path, 'go'), '')
    const { code, stdout } = await command.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'interrupted', turns: 1 })
    expect(scenario.requests).toHaveLength(1)
    const saved = [{ role: 'user' }, { call_id: 'c1' }, output('c1', 'slow')]
    expect(await itemsOf(scenario, 's')).toMatchObject(saved)
    expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 0, json: { turns: 2 } })
    expect(scenario.requests).toHaveLength(2)
    expect(scenario.input()).toMatchObject(saved)
    expect(scenario.bodies()).toEqual(['slow'])
    expect(await itemsOf(scenario, 's')).toMatchObject([...saved, { role: 'assistant' }])
  })
})
