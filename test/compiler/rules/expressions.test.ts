import { describe, expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const code = '=== t.ts\nexport const a = 1, b = 2\n'
const schema =
  '{ type: object, properties: { tier: { enum: [free, pro] } }, required: [tier], additionalProperties: false }'
const order =
  '{ type: object, properties: { amount: { type: number } }, required: [amount], additionalProperties: false }'

const withTool = (tool: string, rest = ''): string => `agentspec: 1
name: demo
context: { schema: ${schema} }
agents: { triage: { tools: [t] } }
tools:
  t:
    type: function
    description: T
    handler: ./t.ts#a
    parameters: ${order}
    ${tool}
${rest}${code}`

describe('expressions are checked against what they see', () => {
  test.each([
    ['arguments and context', 'needs_approval: { when: "args.amount > 100 || context.tier == \'free\'" }'],
    ['who asks', `needs_approval: { when: "agent == 'triage' && tool == 't' && call_id != ''" }`],
    ['a switch', `enabled: "context.tier == 'pro'"`],
  ])('%s', async (_what, tool) => {
    await expectValid(withTool(tool))
  })

  test.each([
    [
      'a property that is not there',
      'needs_approval: { when: "args.amont > 1" }',
      '11:35',
      'There is no property "amont". Did you mean "amount"?',
    ],
    [
      'a property of the context',
      'needs_approval: { when: "context.teir == \'x\'" }',
      '11:38',
      'There is no property "teir". Did you mean "tier"?',
    ],
  ])('%s', async (_what, tool, place, message) => {
    await expectDiagnostics(withTool(tool), [`${place} AS4010 ${message}`])
  })

  test.each([
    ['syntax', 'needs_approval: { when: "args.amount >" }'],
    ['types', `needs_approval: { when: "args.amount == 'x'" }`],
    ['a result that is no bool', 'needs_approval: { when: "args.amount" }'],
    ['arguments before there is a call', 'enabled: "args.amount > 1.0"'],
    ['an unknown variable', 'needs_approval: { when: "user == \'x\'" }'],
  ])('a mistake in %s', async (_what, tool) => {
    const { diagnostics } = await compileText(withTool(tool))
    expect(diagnostics.map(({ code: id }) => id)).toEqual(['AS4010'])
    expect(diagnostics[0]?.start.line).toBe(11)
  })

  test('places inside blocks and over lines', async () => {
    await expectDiagnostics(
      withTool('needs_approval:\n      when: >-\n        args.amount > 1 &&\n        args.amont > 2'),
      ['14:14 AS4010 There is no property "amont". Did you mean "amount"?'],
    )
  })
})

describe('expressions of rules', () => {
  const withRule = (rule: string): string => `agentspec: 1
name: demo
agents: { triage: { tools: [cancel_order, lookup_order], mcp_servers: [files] } }
tools:
  lookup_order: { type: function, description: L, handler: ./t.ts#b }
  cancel_order: { type: function, description: C, handler: ./t.ts#a, parameters: ${order} }
mcp_servers: { files: { command: x } }
approvals:
  rules: [${rule}]
${code}`

  test('see the arguments of the tool they match', async () => {
    await expectValid(withRule('{ tool: cancel_order, when: "args.amount > 1.0", decide: ask }'))
    const { diagnostics } = await compileText(
      withRule('{ tool: lookup_order, when: "args.amount > 1.0", decide: ask }'),
    )
    expect(diagnostics).toMatchObject([{ code: 'AS4010', start: { line: 9, column: 45 } }])
  })

  test('about several tools are right when they fit one of them', async () => {
    await expectValid(withRule('{ tool: "*_order", when: "args.amount > 1.0", decide: ask }'))
    const { diagnostics } = await compileText(
      withRule('{ tool: "*_order", when: "args.nothing > 1.0", decide: ask }'),
    )
    expect(diagnostics).toMatchObject([{ code: 'AS4010', start: { line: 9, column: 42 } }])
  })

  test('about a server see any argument', async () => {
    await expectValid(
      withRule(`{ tool: "files/*", when: "has(args.path) && args.path.startsWith('/')", decide: allow }`),
    )
  })
})

test('expressions of servers, guardrails and migrations', async () => {
  const { diagnostics } = await compileText(`agentspec: 1
name: demo
agents: { triage: { mcp_servers: [s], input_guardrails: [g, j] }, judge: { output: { schema: ${schema} } } }
entry: triage
mcp_servers:
  s:
    command: x
    require_approval: { when: "oops(" }
    tool_meta: { tenant: "1 + 'x'" }
guardrails:
  g: { type: cel, when: "1 +" }
  j: { type: agent, agent: judge, trip_when: "output.teir == 'x'" }
migrations:
  - { from: 1.x, map_arguments: { t: { f: "args.x +" } } }
`)
  expect(diagnostics.map(({ code: id, start }) => `${start.line} ${id}`)).toEqual([
    '8 AS4010',
    '9 AS4010',
    '11 AS4010',
    '12 AS4010',
    '14 AS4010',
  ])
})

describe('templates', () => {
  const withInstructions = (text: string, context = `context: { schema: ${schema} }\n`): string =>
    `agentspec: 1\nname: demo\n${context}agents:\n  triage:\n    instructions: ${text}\n`

  test.each([
    ['the context', '"{{ context.tier }}"'],
    ['the agent and the time', '"{{ agent.name }} {{ now | date: \'%Y\' }}"'],
    [
      'variables of their own',
      '"{% assign x = context.tier %}{{ x }}{% for y in (1..3) %}{{ y }}{% endfor %}"',
    ],
    ['no template at all', '"100 % { sure }"'],
  ])('may use %s', async (_what, text) => {
    await expectValid(withInstructions(text))
  })

  test.each([
    ['an unclosed tag', '"{% if context.tier %}x"', 'AS4012'],
    ['an unknown filter', '"{{ context.tier | upcse }}"', 'AS4012'],
    ['another file', '"{% include \'x\' %}"', 'AS4012'],
  ])('cannot have %s', async (_what, text, id) => {
    const { diagnostics } = await compileText(withInstructions(text))
    expect(diagnostics.map((one) => one.code)).toEqual([id])
  })

  test.each([
    [
      'the context',
      '"Hi {{ context.teir }}"',
      '6:26 AS4013 The template uses "context.teir", which is not there. Did you mean "context.tier"?',
    ],
    [
      'the root',
      '"Hi {{ contxt.tier }}"',
      '6:26 AS4013 The template uses "contxt", which is not there. Did you mean "context"?',
    ],
    [
      'the agent',
      '"Hi {{ agent.title }}"',
      '6:26 AS4013 The template uses "agent.title", which is not there.',
    ],
  ])('cannot use a variable that is not there: %s', async (_what, text, expected) => {
    await expectDiagnostics(withInstructions(text), [expected])
  })

  test('may use anything where the context has no schema, or an open one', async () => {
    const open =
      'context: { schema: { type: object, properties: { tier: {} }, additionalProperties: true } }\n'
    await expectValid(withInstructions('"{{ context.anything.at.all }}"', ''))
    await expectValid(withInstructions('"{{ context.other }}"', open))
  })

  test('in a file are reported in that file', async () => {
    await expectDiagnostics(
      `${withInstructions('{ file: ./t.md }')}=== t.md\nHello\n\n  dear {{ context.teir }}\n`,
      ['t.md:3:11 AS4013 The template uses "context.teir", which is not there. Did you mean "context.tier"?'],
    )
  })

  test('of failures and of requests', async () => {
    await expectDiagnostics(
      `agentspec: 1
name: demo
agents: { triage: { tools: [h, a] }, other: { handoffs: [triage] } }
entry: other
tools:
  h:
    type: http
    url: "https://example.com/{{ args.id }}/{{ args.idd }}"
    headers: { X-Tier: "{{ context.tier }}" }
    body: { deep: ["{{ nope }}"] }
    parameters: { type: object, properties: { id: { type: integer } } }
    failure_error_function: { message: "{{ tool }}: {{ eror }}" }
  a: { type: agent, agent: other, input: "{{ args.input }} {{ args.text }}" }
`,
      [
        '8:48 AS4013 The template uses "args.idd", which is not there. Did you mean "args.id"?',
        '10:24 AS4013 The template uses "nope", which is not there.',
        '12:56 AS4013 The template uses "eror", which is not there. Did you mean "error"?',
        '13:63 AS4013 The template uses "args.text", which is not there.',
      ],
    )
  })
})
