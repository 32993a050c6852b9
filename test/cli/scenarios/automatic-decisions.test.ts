/** Functions that decide in place of a person, and who is told of what waits: each step in a process of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { startServer } from '../../support/http-server.ts'
import { calls, says, startScenario, tool } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const RULES = `import { appendFileSync } from 'node:fs'
export function review(interruption, ctx) {
  appendFileSync('asked.log', interruption.call_id + ' ' + ctx.tool + '\\n')
  const [command] = interruption.arguments.commands
  if (command.startsWith('echo')) return { approve: true, reason: 'harmless' }
  if (command.startsWith('rm')) return { approve: false, reason: 'never rm' }
  if (command.startsWith('throw')) throw new Error('no idea')
  return command.startsWith('odd') ? { approve: 'yes' } : undefined
}
export function patches({ arguments: { path } }) {
  if (path.startsWith('docs/')) return { approve: true }
  return path.startsWith('src/') ? { approve: false, reason: 'sources are mine' } : undefined
}
export const hosted = ({ tool, server }) =>
  tool === 'read' ? { approve: true } : { approve: false, reason: server + ' stays' }
export function tell(message, ctx) {
  appendFileSync('told.log', message.call_id + ' ' + message.run_id.slice(0, 4) + ' ' + message.spec.name + '\\n')
  if (message.arguments.n === 9) throw new Error('nobody listens')
}
`

const shellCall = (callId: string, command: string): JsonObject => ({
  type: 'shell_call',
  id: `sh_${callId}`,
  call_id: callId,
  status: 'completed',
  action: { commands: [command], timeout_ms: null, max_output_length: null },
})

const REVIEWED = `agents: { main: { tools: [run] } }
tools:
  run: { type: shell, needs_approval: true, on_approval: { handler: ./rules.js#review } }
`

function linesOf(scenario: Scenario, file: string): readonly string[] {
  const path = join(scenario.path, file)
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

function withRules(scenario: Scenario): Scenario {
  writeFileSync(join(scenario.path, 'rules.js'), RULES)
  return scenario
}

describe('on_approval', () => {
  test('allows and refuses in place of a person, and the journal says who it was and why', async () => {
    const both = [shellCall('c1', 'echo one'), shellCall('c2', 'rm -rf x')]
    await using scenario = withRules(await startScenario(REVIEWED, [both, says('Done.')]))
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-2)).toMatchObject([
      { call_id: 'c1', output: [{ stdout: 'one\n' }] },
      { call_id: 'c2', output: [{ stderr: 'never rm' }] },
    ])
    const { json } = await scenario.agentspec('show', '-1', '--events')
    const decided = (json as { events: readonly JsonObject[] }).events.filter(
      ({ type }) => type === 'approval.decided',
    )
    expect(decided).toMatchObject([
      { call_id: 'c1', decision: 'approve', by: 'rules.js#review', reason: 'harmless' },
      { call_id: 'c2', decision: 'reject', by: 'rules.js#review', message: 'never rm' },
    ])
  })

  test.each(['ls', 'throw', 'odd'])(
    'that says neither for %s leaves the call to a person',
    async (command) => {
      await using scenario = withRules(
        await startScenario(REVIEWED, [[shellCall('c1', `${command} .`)], says('Done.')]),
      )
      const paused = await scenario.agentspec('run', 'spec.yaml', 'Go')
      expect(paused).toMatchObject({ code: 4, json: { interruptions: [{ call_id: 'c1' }] } })
      if (command === 'throw') expect(paused.stderr).toContain('no idea')
      expect(await scenario.agentspec('resume', '-1')).toMatchObject({ code: 4 })
      expect(linesOf(scenario, 'asked.log')).toEqual(['c1 run'])
      expect(await scenario.agentspec('reject', '-1', '--resume')).toMatchObject({ code: 0 })
    },
  )

  test('decides about patches by their operations, each call by itself', async () => {
    const patch = (callId: string, path: string): JsonObject => ({
      type: 'apply_patch_call',
      id: `ap_${callId}`,
      call_id: callId,
      status: 'completed',
      operation: { type: 'create_file', path, diff: '+x' },
    })
    const spec = `agents: { main: { tools: [edit] } }
tools:
  edit: { type: apply_patch, needs_approval: true, on_approval: { handler: ./rules.js#patches } }
`
    const turn = [patch('c1', 'docs/a.md'), patch('c2', 'src/a.js'), patch('c3', 'other')]
    await using scenario = withRules(await startScenario(spec, [turn, says('Done.')]))
    const { code, json } = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect({ code, json }).toMatchObject({
      code: 4,
      json: { interruptions: [{ kind: 'apply_patch', call_id: 'c3' }] },
    })
    expect(existsSync(join(scenario.path, 'docs/a.md'))).toBe(true)
    expect(await scenario.agentspec('reject', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(existsSync(join(scenario.path, 'src/a.js'))).toBe(false)
    expect(scenario.input().slice(-3)).toMatchObject([
      { call_id: 'c1', status: 'completed' },
      { call_id: 'c2', status: 'failed', output: 'sources are mine' },
      { call_id: 'c3', status: 'failed' },
    ])
  })

  test('answers a hosted server in place of a person, tool by tool', async () => {
    const request = (id: string, name: string): JsonObject => ({
      type: 'mcp_approval_request',
      id,
      server_label: 'docs',
      name,
      arguments: '{}',
    })
    const spec = `agents: { main: { tools: [docs] } }
tools:
  docs:
    type: hosted_mcp
    server_label: docs
    server_url: https://mcp.example.com/mcp
    require_approval: always
    on_approval: { handler: ./rules.js#hosted }
`
    const turn = [request('m1', 'read'), request('m2', 'remove')]
    await using scenario = withRules(await startScenario(spec, [turn, says('Done.')]))
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-2)).toEqual([
      { type: 'mcp_approval_response', approval_request_id: 'm1', approve: true },
      { type: 'mcp_approval_response', approval_request_id: 'm2', approve: false, reason: 'docs stays' },
    ])
  })

  test.each(['function', 'http', 'agent'])('is no key of a tool of type %s', async (type) => {
    const spec = `agents: { main: { tools: [t] } }\ntools:\n  t: { type: ${type}, on_approval: { handler: ./rules.js#review } }\n`
    await using scenario = withRules(await startScenario(spec, []))
    const { code, json } = await scenario.agentspec('check', 'spec.yaml')
    expect(code).toBe(2)
    expect(JSON.stringify(json)).toContain('/tools/t/on_approval')
  })

  test('is not asked where a rule says no', async () => {
    const rules = `${REVIEWED}approvals: { rules: [{ tool: run, decide: deny, message: closed }] }\n`
    await using scenario = withRules(await startScenario(rules, [[shellCall('c1', 'echo x')], says('Done.')]))
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(linesOf(scenario, 'asked.log')).toEqual([])
  })
})

describe('approvals.notify', () => {
  const GATED = `agents: { main: { tools: [b] } }\ntools:\n${tool('b', ', needs_approval: true')}`

  test('tells a function of each request once, whatever becomes of it', async () => {
    const spec = `${GATED}approvals: { notify: { handler: ./rules.js#tell } }\n`
    const both = [calls('b', 'c1', { n: 1 }), calls('b', 'c2', { n: 9 })]
    await using scenario = withRules(await startScenario(spec, [both, says('Done.')]))
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(paused.code).toBe(4)
    expect(paused.stderr).toContain('nobody listens')
    expect(linesOf(scenario, 'told.log').toSorted()).toEqual(['c1 run_ scenario', 'c2 run_ scenario'])
    await scenario.agentspec('approve', '-1', 'c1', '--resume')
    await scenario.agentspec('resume', '-1')
    expect(linesOf(scenario, 'told.log')).toHaveLength(2)
  })

  test('posts requests to an address, of a private network only where that is allowed', async () => {
    await using server = await startServer((_request, response) => response.end())
    for (const [allowed, count] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const notify = `{ url: "${server.url}/hook", allow_private_addresses: ${allowed} }`
      const spec = `${GATED}approvals: { notify: ${notify} }\n`
      await using scenario = await startScenario(spec, [[calls('b', 'c1', { n: 1 })], says('Done.')])
      const paused = await scenario.agentspec('run', 'spec.yaml', 'Go', '--session', 's1')
      expect(paused.code).toBe(4)
      if (allowed) expect(paused.stderr).not.toContain('was not told')
      else expect(paused.stderr).toContain('was not told of b')
      expect(server.requests).toHaveLength(count)
    }
    expect(server.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      {
        run_id: expect.stringMatching(/^run_/),
        spec: { name: 'scenario' },
        session_id: 's1',
        call_id: 'c1',
        tool: 'b',
        arguments: { n: 1 },
        request: expect.any(Number),
      },
    ])
  })
})
