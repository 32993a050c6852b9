import { describe, test } from 'vitest'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const spec = (rules: string, more = ''): string => `agentspec: 1
name: demo
entry: triage
agents:
  triage: { tools: [cancel_order, lookup_order], mcp_servers: [files], handoffs: [billing] }
  billing: { tools: [lookup_order] }
tools:
  cancel_order: { type: function, description: C, handler: ./t.ts#a }
  lookup_order: { type: function, description: L, handler: ./t.ts#b }
mcp_servers: { files: { command: x${more} } }
approvals:
  rules: [${rules}]
=== t.ts
export const a = 1, b = 2
`

describe('every rule matches a tool', () => {
  test.each([
    ['a name', '{ tool: cancel_order, decide: ask }'],
    ['a pattern', '{ tool: "*_order", decide: ask }'],
    ['every tool', '{ tool: "*", decide: ask }'],
    ['no tool at all: every one', '{ decide: ask }'],
    ['a tool of a declared server, whatever it offers', '{ tool: files/write_file, decide: ask }'],
    ['all tools of a server', '{ tool: "files/*", decide: ask }'],
    ['all tools of all servers', '{ tool: "*/*", decide: ask }'],
    ['a tool of one agent', '{ agent: billing, tool: lookup_order, decide: deny }'],
  ])('%s', async (_what, rule) => {
    await expectValid(spec(rule))
  })

  test.each([
    [
      'a typo',
      '{ tool: cancel_ordr, decide: ask }',
      '12:19 AS4004 The rule matches no tool: none is called "cancel_ordr". Did you mean "cancel_order"?',
    ],
    [
      'a pattern',
      '{ tool: "delete_*", decide: ask }',
      '12:19 AS4004 The rule matches no tool: none is called "delete_*".',
    ],
    [
      'an unknown server',
      '{ tool: "fils/*", decide: ask }',
      '12:19 AS4004 The rule matches no tool: none is called "fils/*".',
    ],
    [
      'a tool that the agent does not have',
      '{ agent: billing, tool: cancel_order, decide: ask }',
      '12:35 AS4004 The rule matches no tool: none of agent "billing" is called "cancel_order".',
    ],
    [
      'a server that the agent does not have',
      '{ agent: billing, tool: "files/*", decide: ask }',
      '12:35 AS4004 The rule matches no tool: none of agent "billing" is called "files/*".',
    ],
  ])('not %s', async (_what, rule, expected) => {
    await expectDiagnostics(spec(rule), [expected])
  })
})

test('a rule about every tool matches those of servers, too', async () => {
  const only =
    'agentspec: 1\nname: demo\nagents: { a: { mcp_servers: [s] } }\nmcp_servers: { s: { command: x } }\n'
  await expectValid(`${only}approvals: { rules: [{ tool: "*", decide: ask }] }\n`)
  await expectDiagnostics(`${only}approvals: { rules: [{ tool: x, decide: ask }] }\n`, [
    '5:30 AS4004 The rule matches no tool: none is called "x".',
  ])
})

describe('every rule can be reached', () => {
  const hidden = (place: string): string[] => [
    `${place} AS4019 This rule is never reached: rule 1 decides every call it matches.`,
  ]

  test.each([
    ['the same tool', '{ tool: cancel_order, decide: allow }, { tool: cancel_order, decide: ask }', '12:50'],
    [
      'a pattern before a name',
      '{ tool: "*_order", decide: allow }, { tool: cancel_order, decide: ask }',
      '12:47',
    ],
    ['every tool', '{ decide: allow }, { agent: triage, tool: files/x, decide: ask }', '12:30'],
  ])('not after %s', async (_what, rules, place) => {
    await expectDiagnostics(spec(rules), hidden(place))
  })

  test.each([
    [
      'a condition',
      '{ tool: cancel_order, when: "agent == \'x\'", decide: allow }, { tool: cancel_order, decide: ask }',
    ],
    [
      'another agent',
      '{ agent: triage, tool: lookup_order, decide: allow }, { agent: billing, tool: lookup_order, decide: ask }',
    ],
    ['a name before a pattern', '{ tool: cancel_order, decide: allow }, { tool: "*_order", decide: ask }'],
  ])('but after %s', async (_what, rules) => {
    await expectValid(spec(rules))
  })
})

describe('gates', () => {
  test('always and never for one tool', async () => {
    const groups = ', require_approval: { always: { tool_names: [a, b] }, never: { tool_names: [b] } }'
    await expectDiagnostics(spec('', groups), [
      '10:111 AS4005 "b" is named under "always" and under "never".',
    ])
  })

  test('that are open on another way', async () => {
    await expectDiagnostics(
      `agentspec: 1
name: demo
agents: { triage: { tools: [gated, open] } }
tools:
  gated: { type: function, description: G, handler: ./t.ts#a, needs_approval: true }
  open: { type: function, description: O, handler: ./t.ts#a }
=== t.ts
export const a = 1
`,
      ['6:3 AS4009 The approval of "gated" can be bypassed: "open" calls the same function without asking.'],
    )
  })

  test('that hold for one agent of two', async () => {
    await expectDiagnostics(spec('{ agent: billing, tool: lookup_order, decide: ask }'), [
      '12:20 AS4009 The approval of "lookup_order" can be bypassed: the rule holds for "billing" only, and "triage" has the tool too.',
    ])
  })

  test.each([
    ['shell', '{ type: shell }', 'runs commands on this machine'],
    ['apply_patch', '{ type: apply_patch }', 'changes files'],
    ['http', '{ type: http, method: POST, url: "https://example.com" }', 'sends POST requests'],
  ])('that are missing before a side effect: %s', async (_what, tool, does) => {
    const text = (t: string, rest = ''): string =>
      `agentspec: 1\nname: demo\nagents: { triage: { tools: [t] } }\ntools:\n  t: ${t}\n${rest}`
    await expectDiagnostics(text(tool), [`5:3 AS4008 The tool "t" ${does}, and nobody is asked.`])
    await expectValid(text(tool.replace(' }', ', needs_approval: { when: "true" } }')))
    await expectValid(text(tool, 'approvals: { rules: [{ tool: t, decide: ask }] }\n'))
    await expectDiagnostics(text(tool, 'approvals: { rules: [{ tool: t, decide: allow }] }\n'), [
      `5:3 AS4008 The tool "t" ${does}, and nobody is asked.`,
    ])
  })
})
