import { describe, expect, test } from 'vitest'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const head = 'agentspec: 1\nname: demo\nentry: triage\n'

describe('every name is declared', () => {
  test('what is named is there', async () => {
    await expectValid(`${head}agents:
  triage: { model: main, handoffs: [billing, { agent: refunds }], tools: [ask], input_guardrails: [g] }
  billing: { model: openai/gpt-5.6-luna, mcp_servers: [files] }
  refunds: { instructions: { mcp_prompt: { server: files, name: p } }, tools: [{ type: agent, name: x, agent: expert }] }
  expert: {}
  judge: {}
models: { main: { provider: openai, model: m, fallback: [spare, openai/gpt-5.6-luna] }, spare: openai/x }
tools: { ask: { type: agent, agent: expert, output_guardrails: [h], needs_approval: true } }
mcp_servers: { files: { command: x } }
guardrails: { g: { type: agent, agent: judge, trip_when: "true" }, h: { type: regex, pattern: x, block: matches } }
approvals: { rules: [{ agent: billing, decide: ask }] }
`)
  })

  test('each kind of name, each with the nearest one that is', async () => {
    await expectDiagnostics(
      `agentspec: 1
name: demo
entry: triag
agents:
  triage:
    model: mian
    tools: [serach]
    mcp_servers: [filez]
    input_guardrails: [guard1]
    handoffs: [biling, { agent: biling, tool_name: b }]
  billing: {}
models: { main: openai/x }
tools: { search: { type: web_search } }
mcp_servers: { files: { command: x } }
guardrails: { guard: { type: regex, pattern: x, block: matches } }
approvals:
  rules: [{ agent: Billing, decide: ask }]
`,
      [
        '3:8 AS3001 Unknown agent "triag". Did you mean "triage"?',
        '6:12 AS3003 Unknown model "mian". Did you mean "main"?',
        '7:13 AS3002 Unknown tool "serach". Did you mean "search"?',
        '8:19 AS3004 Unknown MCP server "filez". Did you mean "files"?',
        '9:24 AS3005 Unknown guardrail "guard1". Did you mean "guard"?',
        '10:16 AS3001 Unknown agent "biling". Did you mean "billing"?',
        '10:33 AS3001 Unknown agent "biling". Did you mean "billing"?',
        '17:20 AS3001 Unknown agent "Billing". Did you mean "billing"?',
      ],
    )
  })

  test('a finding shows where the right name is declared, and how to fix it', async () => {
    const { diagnostics } = await compileText(
      `${head}agents:\n  triage: { handoffs: ["biling"] }\n  billing: {}\n`,
    )
    expect(diagnostics).toMatchObject([
      {
        code: 'AS3001',
        pointer: '/agents/triage/handoffs/0',
        related: [{ message: '"billing" is declared here', start: { line: 6, column: 3 } }],
        fix: { description: 'Replace with "billing"', edits: [{ text: '"billing"' }] },
      },
    ])
  })

  test('without a near name, what is declared is listed', async () => {
    const { diagnostics } = await compileText(`${head}agents:\n  triage: { tools: [zzz] }\n`)
    expect(diagnostics[0]).toMatchObject({ message: 'Unknown tool "zzz".', hint: 'No tools are declared.' })
    expect(diagnostics[0]).not.toHaveProperty('fix')
  })

  test.each(['toString', 'hasOwnProperty', 'valueOf'])(
    '%s is not declared by being a property of objects',
    async (name) => {
      const { diagnostics } = await compileText(
        `${head}agents:\n  triage: { tools: [${name}], handoffs: [${name}] }\n`,
      )
      expect(diagnostics.map(({ code }) => code)).toEqual(['AS3002', 'AS3001'])
    },
  )

  test('an interpolated name is not judged', async () => {
    await expectValid(`${head}agents: { triage: { model: "\${MODEL:-main}" } }\nmodels: { main: openai/x }\n`)
  })
})

describe('the entry', () => {
  test('is the only agent, unless it is named', async () => {
    await expectValid('agentspec: 1\nname: demo\nagents: { a: {} }\n')
  })

  test('must be named when there are several', async () => {
    await expectDiagnostics('agentspec: 1\nname: demo\nagents: { a: { handoffs: [b] }, b: {} }\n', [
      '3:1 AS3006 With 2 agents the spec must say which one starts: "entry" is missing.',
    ])
  })
})

describe('agents and definitions that lead nowhere', () => {
  test('an agent that cannot be reached, also not by another such agent', async () => {
    await expectDiagnostics(
      `${head}agents:\n  triage: {}\n  a: { handoffs: [b] }\n  b: { handoffs: [a] }\n`,
      [
        '6:3 AS4006 No handoff and no tool leads from "triage" to the agent "a".',
        '7:3 AS4006 No handoff and no tool leads from "triage" to the agent "b".',
      ],
    )
  })

  test('an agent is reached by handoffs, tools and guardrails, over several steps', async () => {
    await expectValid(`${head}agents:
  triage: { handoffs: [a], output_guardrails: [g] }
  a: { tools: [t] }
  b: { tools: [{ type: agent, name: inline, agent: c }] }
  c: {}
  judge: { handoffs: [d] }
  d: {}
  last: {}
tools: { t: { type: agent, agent: b } }
guardrails:
  g: { type: agent, agent: judge, trip_when: "true" }
  r: { type: agent, agent: last, trip_when: "true" }
run: { input_guardrails: [r] }
`)
  })

  test('definitions that nothing uses', async () => {
    await expectDiagnostics(
      `${head}agents:
  triage: {}
models: { m: openai/x }
tools: { t: { type: web_search } }
mcp_servers: { s: { command: x } }
guardrails: { g: { type: regex, pattern: x, block: matches } }
`,
      [
        '6:11 AS4007 Nothing uses the model "m".',
        '7:10 AS4007 Nothing uses the tool "t".',
        '8:16 AS4007 Nothing uses the MCP server "s".',
        '9:15 AS4007 Nothing uses the guardrail "g".',
      ],
    )
  })

  test('a handoff to itself', async () => {
    await expectDiagnostics(
      `${head}agents:\n  triage: { handoffs: [triage, { agent: triage, tool_name: again }] }\n`,
      [
        '5:24 AS4001 The agent "triage" hands off to itself.',
        '5:41 AS4001 The agent "triage" hands off to itself.',
      ],
    )
  })
})

describe('names that the model sees', () => {
  const tool = (name: string): string => `{ type: function, description: T, handler: ./t.ts#t${name} }`
  const code = '=== t.ts\nexport const t = 1\n'

  test.each([
    ['a space', 'cancel order', '6:10'],
    ['a dot', 'orders.cancel', '6:10'],
    ['other letters', 'stornieren_für', '6:10'],
    ['65 characters', 'x'.repeat(65), '6:10'],
  ])('%s cannot be in one', async (_what, name, place) => {
    await expectDiagnostics(
      `${head}agents:\n  triage: { tools: ["${name}"] }\ntools: { "${name}": ${tool('')} }\n${code}`,
      [`${place} AS4003 A model cannot call a tool by the name "${name}".`],
    )
  })

  test('a tool may be renamed for the model, rightly or wrongly', async () => {
    const spec = (name: string): string =>
      `${head}agents:\n  triage: { tools: ["a b"] }\ntools: { "a b": ${tool(`, name: ${name}`)} }\n${code}`
    await expectValid(spec('a-b_1'))
    await expectDiagnostics(spec('a.b'), ['6:76 AS4003 A model cannot call a tool by the name "a.b".'])
  })

  test('a handoff that takes the name of a tool, and one that takes that of another', async () => {
    await expectDiagnostics(
      `${head}agents:
  triage: { tools: [transfer_to_a], handoffs: [a, "A", { agent: b, tool_name: go.there }] }
  a: {}
  A: {}
  b: {}
tools: { transfer_to_a: ${tool('')} }
${code}`,
      [
        '5:48 AS4002 The agent "triage" would have two tools called "transfer_to_a" for the model: tool "transfer_to_a" and handoff to "a".',
        '5:51 AS4002 The agent "triage" would have two tools called "transfer_to_a" for the model: tool "transfer_to_a" and handoff to "A".',
        '5:79 AS4003 A model cannot call a handoff by the name "go.there".',
      ],
    )
  })

  test('inline tools collide with named ones, agents do not collide with one another', async () => {
    await expectDiagnostics(
      `${head}agents:
  triage: { tools: [t, { type: function, name: t, description: T, handler: ./t.ts#t }], handoffs: [other] }
  other: { tools: [{ type: function, name: t, description: T, handler: ./t.ts#t }] }
tools: { t: ${tool('')} }
${code}`,
      [
        '5:24 AS4002 The agent "triage" would have two tools called "t" for the model: tool "t" and tool "t".',
      ],
    )
  })

  test('a tool that is listed twice is no collision with itself', async () => {
    const { diagnostics } = await compileText(
      `${head}agents: { triage: { tools: [t, t] } }\ntools: { t: ${tool('')} }\n${code}`,
    )
    expect(diagnostics.map(({ code: id }) => id)).not.toContain('AS4002')
  })

  test('an inline tool cannot have the key of another tool', async () => {
    await expectDiagnostics(
      `${head}agents:
  triage: { tools: [triage.x, { type: web_search, name: x }, { type: file_search, name: y, vector_store_ids: [v] }, { type: web_search, name: y }] }
tools: { triage.x: { type: web_search } }
`,
      [
        '5:57 AS3010 The tool "triage.x" is already declared.',
        '5:143 AS3010 The tool "triage.y" is already declared.',
      ],
    )
  })

  test('names under stop_at_tool_names', async () => {
    await expectDiagnostics(
      `${head}agents:
  triage: { tools: [t], tool_use_behavior: { stop_at_tool_names: [lokup, t] }, handoffs: [other] }
  other: { mcp_servers: [s], tool_use_behavior: { stop_at_tool_names: [anything] } }
tools: { t: ${tool(', name: lookup')} }
mcp_servers: { s: { command: x } }
${code}`,
      [
        '5:67 AS3022 The agent "triage" has no tool "lokup". Did you mean "lookup"?',
        '5:74 AS3022 The agent "triage" has no tool "t".',
      ],
    )
  })
})
