/** What a Program's graph has: nodes, edges, and why calls ask. */
import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import { gatesForAgent, gateText } from '../../../src/compiler/graph/gates.ts'
import { graphOf } from '../../../src/compiler/graph/graph.ts'
import { programOf } from '../../support/compile-text.ts'

const FILES = `=== tools.ts
export const run = () => 1
export const isLarge = () => true
`

/** A spec with one agent that has every given tool and server. */
function specWith(parts: {
  tools?: string
  servers?: string
  rules?: string
  agents?: string
}): Promise<Program> {
  const names = (text: string): string =>
    [...text.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).join(', ')
  const { tools = '', servers = '', rules = '', agents = '' } = parts
  return programOf(`agentspec: 1
name: demo
entry: main
context: { schema: { type: object, properties: { tier: { type: string } }, required: [tier] }, default: { tier: free } }
agents:
  main:
    instructions: Help.
    tools: [${names(tools)}]
    mcp_servers: [${names(servers)}]
${agents}
${tools === '' ? '' : `tools:\n${tools}`}
${servers === '' ? '' : `mcp_servers:\n${servers}`}
${rules === '' ? '' : `approvals:\n  rules:\n${rules}`}
${FILES}`)
}

const FUNCTION = 'type: function, description: d, handler: ./tools.ts#run'

async function gateTexts(parts: Parameters<typeof specWith>[0]): Promise<Record<string, readonly string[]>> {
  const { nodes } = graphOf(await specWith(parts))
  const others = nodes.filter(({ kind }) => kind !== 'agent')
  return Object.fromEntries(others.map(({ name, gates }) => [name, gates.map(gateText)]))
}

describe('nodes and edges', () => {
  test('are the agents, what they use, who hands over to whom, and which tools are agents', async () => {
    const program = await programOf(`agentspec: 1
name: demo
version: 1.2.0
description: Looks things up
entry: triage
models: { main: { provider: scripted, script: [] } }
agents:
  triage:
    model: main
    tools: [find, { type: function, name: inline, description: d, handler: ./tools.ts#run }]
    mcp_servers: [files]
    handoffs: [billing, { agent: helper, enabled: "agent == 'triage'" }]
  billing: { instructions: Bill., model: openai/gpt-5.6-luna, handoffs: [triage], tools: [find] }
  helper: { instructions: Help., model: main, tools: [find] }
tools:
  find: { type: agent, agent: helper, description: Finds, enabled: { handler: ./tools.ts#isLarge } }
mcp_servers:
  files: { command: ./server }
${FILES}`)
    const graph = graphOf(program)
    expect(graph).toMatchObject({ title: 'demo 1.2.0', description: 'Looks things up' })
    expect(graph.nodes.map(({ id, name, detail, entry }) => [id, name, detail, entry])).toEqual([
      ['agent:triage', 'triage', 'scripted', true],
      ['agent:billing', 'billing', 'openai/gpt-5.6-luna', false],
      ['agent:helper', 'helper', 'scripted', false],
      ['tool:find', 'find', 'agent', false],
      ['tool:triage.inline', 'inline', 'function', false],
      ['mcp_server:files', 'files', 'MCP stdio', false],
    ])
    const condition = 'tools.ts#isLarge'
    expect(graph.edges).toEqual([
      { from: 'agent:triage', to: 'tool:find', kind: 'tool', condition },
      { from: 'agent:triage', to: 'tool:triage.inline', kind: 'tool' },
      { from: 'agent:triage', to: 'mcp_server:files', kind: 'mcp_server' },
      { from: 'agent:triage', to: 'agent:billing', kind: 'handoff' },
      { from: 'agent:triage', to: 'agent:helper', kind: 'handoff', condition: "agent == 'triage'" },
      { from: 'agent:billing', to: 'tool:find', kind: 'tool', condition },
      { from: 'agent:billing', to: 'agent:triage', kind: 'handoff' },
      { from: 'agent:helper', to: 'tool:find', kind: 'tool', condition },
      { from: 'tool:find', to: 'agent:helper', kind: 'agent_tool' },
    ])
  })

  test('leave out what no agent uses and what is switched off, not agents that nobody reaches', async () => {
    const program = await specWith({
      tools: `  off: { ${FUNCTION}, enabled: false }\n  on: { ${FUNCTION} }\n`,
      agents: '    handoffs: [{ agent: other, enabled: false }]\n  other: { instructions: x }\n',
    })
    const unused = {
      ...program,
      tools: { ...program.tools, unused: { ...program.tools['on']!, name: 'unused' } },
    }
    const { nodes, edges } = graphOf(unused)
    expect(nodes.map(({ id }) => id)).toEqual(['agent:main', 'agent:other', 'tool:on'])
    expect(edges).toEqual([{ from: 'agent:main', to: 'tool:on', kind: 'tool' }])
  })
})

describe('why a call asks', () => {
  test('is what needs_approval says', async () => {
    const gates = await gateTexts({
      tools: `  a: { ${FUNCTION} }
  b: { ${FUNCTION}, needs_approval: true }
  c: { ${FUNCTION}, needs_approval: { when: "context.tier == 'free'" } }
  d: { ${FUNCTION}, needs_approval: { handler: ./tools.ts#isLarge } }
  e: { type: openapi, document: { file: ./api.json }, needs_approval: { create: true, list: { when: "agent == 'x'" }, get: false } }
  f: { type: hosted_mcp, server_label: docs, server_url: "https://x.example" }
  g: { type: hosted_mcp, server_label: mail, server_url: "https://x.example", require_approval: always }
  h: { type: hosted_mcp, server_label: wiki, server_url: "https://x.example", require_approval: { always: { tool_names: [write], read_only: false } } }
`,
      // The rules come last, so another file can follow them.
      rules: '    - { tool: a, decide: allow }\n=== api.json\n{}\n',
    })
    expect(gates).toEqual({
      a: [],
      b: ['asks always'],
      c: ["asks when context.tier == 'free'"],
      d: ['asks when tools.ts#isLarge says so'],
      e: ['asks for create', "asks for list when agent == 'x'"],
      f: [],
      g: ['asks always'],
      h: ['asks for write, tools that write'],
    })
  })

  test('is what require_approval of a server says', async () => {
    const gates = await gateTexts({
      servers: `  a: { command: ./s }
  b: { command: ./s, require_approval: true }
  c: { command: ./s, require_approval: { write: always, read: never, move: true, when: always } }
  d: { command: ./s, require_approval: { always: { tool_names: [write, move] }, never: { tool_names: [read] } } }
  e: { command: ./s, require_approval: { when: "tool == 'e/write'" } }
  f: { command: ./s, require_approval: { handler: ./tools.ts#isLarge } }
  g: { command: ./s, require_approval: { never: { tool_names: [read] } } }
`,
    })
    expect(gates).toEqual({
      a: [],
      b: ['asks always'],
      c: ['asks for write, move, when'],
      d: ['asks for write, move'],
      e: ["asks when tool == 'e/write'"],
      f: ['asks when tools.ts#isLarge says so'],
      g: [],
    })
  })

  test('is what the rules say, in their order, until one decides every call', async () => {
    const gates = await gateTexts({
      tools: `  open: { ${FUNCTION} }
  gated: { ${FUNCTION}, needs_approval: true }
  refused: { ${FUNCTION}, needs_approval: true }
  released: { ${FUNCTION}, needs_approval: true }
`,
      servers: '  files: { command: ./s, require_approval: always }\n',
      rules: `    - { tool: "open", when: "context.tier == 'free'", decide: ask }
    - { tool: refused, decide: deny }
    - { tool: released, decide: allow }
    - { tool: files/read_file, decide: allow }
    - { tool: "gat*", agent: main, when: "context.tier == 'pro'", decide: deny }
`,
    })
    expect(gates).toEqual({
      open: ["rule 1 asks when context.tier == 'free'"],
      gated: ["rule 5 denies when context.tier == 'pro' (main)", 'asks always'],
      refused: ['rule 2 denies'],
      released: [],
      files: ['rule 4 allows files/read_file', 'asks always'],
    })
  })

  test('may be different for each agent', async () => {
    const program = await specWith({
      tools: `  pay: { ${FUNCTION} }\n`,
      agents: '    handoffs: [other]\n  other: { instructions: x, tools: [pay] }\n',
      rules: '    - { tool: pay, agent: other, decide: ask } # agentspec: ignore AS4009\n',
    })
    const pay = graphOf(program).nodes.find(({ id }) => id === 'tool:pay')
    expect(pay?.gates.map(gateText)).toEqual(['rule 1 asks (other)'])
    expect(gatesForAgent(pay?.gates ?? [], 'other').map(gateText)).toEqual(['rule 1 asks'])
    expect(gatesForAgent(pay?.gates ?? [], 'main')).toEqual([])
  })
})
