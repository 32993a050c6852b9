import { describe, expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (tool: string): string => `agentspec: 1
name: demo
agents: { a: { tools: [t] } }
tools:
  t: { ${tool} }
=== t.ts
export const f = 1
`

const handler = '{ handler: ./t.ts#f }'
const mcp = 'type: hosted_mcp, server_label: l, server_url: "https://x"'
const container = 'type: shell, environment: { type: container_auto }'
const local = 'is for commands on this machine, and "environment" is a container of the provider'

describe('settings that go together', () => {
  test.each([
    [
      'domains and others',
      'type: web_search, filters: { allowed_domains: [a.com], blocked_domains: [b.com, x.a.com] }',
    ],
    [
      'a similar ending',
      'type: web_search, filters: { allowed_domains: [ba.com], blocked_domains: [a.com] }',
    ],
    ['an answer to questions', `${mcp}, require_approval: always, on_approval: ${handler}`],
    ['a container', `${container}, needs_approval: false`],
    ['commands here', `type: shell, cwd: ./x, env: [A], needs_approval: true, on_approval: ${handler}`],
    ['no network', 'type: code_interpreter, container: { network_policy: { type: disabled } }'],
  ])('%s', async (_what, tool) => {
    await expectValid(spec(tool))
  })
})

describe('settings that contradict each other', () => {
  test.each([
    [
      'type: web_search, filters: { allowed_domains: [A.com], blocked_domains: [b.com, a.com] }',
      '5:55 AS4023 "a.com" is allowed, and blocked by "a.com" under "blocked_domains".',
    ],
    [
      'type: web_search, filters: { allowed_domains: [x.a.com], blocked_domains: [a.com] }',
      '5:55 AS4023 "x.a.com" is allowed, and blocked by "a.com" under "blocked_domains".',
    ],
    [
      `${mcp}, require_approval: never, on_approval: ${handler}`,
      '5:93 AS4023 "on_approval" is never called: "require_approval" is "never".',
    ],
    [`${container}, needs_approval: true`, `5:60 AS4023 "needs_approval" ${local}.`],
    [`${container}, on_approval: ${handler}`, `5:60 AS4023 "on_approval" ${local}.`],
    [`${container}, cwd: ./x`, `5:60 AS4023 "cwd" ${local}.`],
    [`${container}, env: [A]`, `5:60 AS4023 "env" ${local}.`],
    [
      'type: code_interpreter, container: { network_policy: { type: disabled, allowed_domains: [a.com] } }',
      '5:79 AS4023 "allowed_domains" has no effect: the network is disabled.',
    ],
  ])('%s', async (tool, expected) => {
    await expectDiagnostics(spec(tool), [expected])
  })

  test('a hosted MCP server has one address', async () => {
    for (const address of ['', ', server_url: "https://x", connector_id: c']) {
      const { diagnostics } = await compileText(spec(`type: hosted_mcp, server_label: l${address}`))
      expect(diagnostics.map(({ severity }) => severity)).toEqual(['error'])
    }
  })
})
