/** MCP servers that the provider connects to, from the command line: each step in a process of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { says, startScenario } from '../../support/scenario.ts'

const request = (id: string, name: string, args: JsonObject = {}): JsonObject => ({
  type: 'mcp_approval_request',
  id,
  server_label: 'docs',
  name,
  arguments: JSON.stringify(args),
})

const listed: JsonObject = {
  type: 'mcp_list_tools',
  id: 'mcpl_1',
  server_label: 'docs',
  tools: [{ name: 'write', input_schema: { type: 'object' } }],
}

const SPEC = `agents: { main: { tools: [docs] } }
tools:
  docs:
    type: hosted_mcp
    server_label: docs
    server_url: https://mcp.example.com/mcp
    authorization: "\${DOCS_TOKEN:-abcdefgh12345678}"
    description: The manual
    require_approval: always
`

const answer = (id: string, approve: boolean, reason?: string): JsonObject => ({
  type: 'mcp_approval_response',
  approval_request_id: id,
  approve,
  ...(reason === undefined ? {} : { reason }),
})

describe('a tool of a hosted server', () => {
  test('asks a person, who is shown which one of which server, and goes on at the provider (scenario 22)', async () => {
    await using scenario = await startScenario(SPEC, [
      [listed, request('m1', 'write', { page: 1 })],
      says('Done.'),
    ])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: {
        interruptions: [
          { kind: 'hosted_mcp', tool: 'write', server: 'docs', call_id: 'm1', arguments: { page: 1 } },
        ],
      },
    })
    expect(scenario.requests[0]?.body['tools']).toEqual([
      {
        type: 'mcp',
        server_label: 'docs',
        server_url: 'https://mcp.example.com/mcp',
        authorization: 'abcdefgh12345678',
        server_description: 'The manual',
        require_approval: 'always',
      },
    ])
    expect(await scenario.agentspec('approve', '-1', '--args', '{}')).toMatchObject({ code: 2 })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(1)).toEqual([
      listed,
      request('m1', 'write', { page: 1 }),
      answer('m1', true),
    ])
  })

  test.each([
    [[], answer('m1', false)],
    [['--message', 'not now'], answer('m1', false, 'not now')],
  ])('is refused with the words of a person alone: %j', async (flags, response) => {
    await using scenario = await startScenario(SPEC, [[request('m1', 'write')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('reject', '-1', ...flags, '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toEqual(response)
  })

  test('is allowed for the rest of the run by its name, and by that alone (scenario 22)', async () => {
    await using scenario = await startScenario(SPEC, [
      [request('m1', 'write')],
      [request('m2', 'write'), request('m3', 'remove')],
      says('Done.'),
    ])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--always', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ tool: 'remove', server: 'docs', call_id: 'm3' }] },
    })
    await scenario.agentspec('reject', '-1', '--resume')
    expect(scenario.input().slice(-2)).toEqual([answer('m2', true), answer('m3', false)])
  })

  test('is asked about on another server, whatever was decided for always on the first (scenario 22)', async () => {
    const TWO = `${SPEC.replace('tools: [docs]', 'tools: [docs, wiki]')}  wiki: { type: hosted_mcp, server_label: wiki, server_url: "https://wiki.example.com/mcp", require_approval: always }\n`
    const wiki = { ...request('m2', 'write'), server_label: 'wiki' }
    await using scenario = await startScenario(TWO, [[request('m1', 'write')], [wiki], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(await scenario.agentspec('approve', '-1', '--always', '--resume')).toMatchObject({
      code: 4,
      json: { interruptions: [{ tool: 'write', server: 'wiki', call_id: 'm2' }] },
    })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toEqual(answer('m2', true))
  })

  test('is allowed or denied by rules about its server', async () => {
    const rules = `approvals:
  rules:
    - { tool: docs/read*, decide: allow }
    - { tool: "docs/*", when: "args.page > 1", decide: deny, message: closed }
`
    const all = [
      request('m1', 'read_page'),
      request('m2', 'write', { page: 2 }),
      request('m3', 'write', { page: 1 }),
    ]
    await using scenario = await startScenario(SPEC + rules, [all, says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ call_id: 'm3' }] },
    })
    await scenario.agentspec('approve', '-1', '--resume')
    expect(scenario.input().slice(-3)).toEqual([
      answer('m1', true),
      answer('m2', false, 'closed'),
      answer('m3', true),
    ])
    expect(
      await scenario.agentspec(
        'explain',
        'spec.yaml',
        '--agent',
        'main',
        '--tool',
        'docs/read_page',
        '--args',
        '{}',
      ),
    ).toMatchObject({ code: 0, json: { decision: 'allow' } })
  })

  test('keeps what it answered when its run moves to another store', async () => {
    await using scenario = await startScenario(SPEC, [
      [request('m1', 'write')],
      [request('m2', 'remove')],
      says('Done.'),
    ])
    writeFileSync(join(scenario.path, '.env'), 'DOCS_TOKEN=very-secret-token\n')
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('approve', '-1', '--resume')
    expect(scenario.requests[0]?.body['tools']).toMatchObject([{ authorization: 'very-secret-token' }])
    const exported = await scenario.agentspec('state', 'export', '-1', '--bundle')
    writeFileSync(join(scenario.path, 'state.json'), exported.stdout)
    expect(exported.stdout).not.toContain('very-secret-token')
    const elsewhere = ['--store', 'sqlite:other.db']
    expect(
      await scenario.agentspec('state', 'import', 'state.json', '--trust-spec', ...elsewhere),
    ).toMatchObject({ code: 0, json: { status: 'paused' } })
    expect(await scenario.agentspec('approve', '-1', '--resume', ...elsewhere)).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-1)).toEqual([answer('m2', true)])
  })

  test('is refused with a model that cannot be given it', async () => {
    await using scenario = await startScenario(SPEC, [])
    const models =
      '\nmodels:\n  chat: { provider: openai, api: chat_completions, model: m, base_url: "http://127.0.0.1:9/v1" }\n'
    writeFileSync(
      join(scenario.path, 'chat.yaml'),
      `agentspec: 1\nname: chat\n${SPEC.replace('tools: [docs]', 'model: chat, tools: [docs]')}${models}`,
    )
    expect(await scenario.agentspec('check', 'chat.yaml')).toMatchObject({
      code: 2,
      json: { diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'AS4027' })]) },
    })
  })
})
