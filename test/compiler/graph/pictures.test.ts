/** Graphs as Mermaid, DOT and SVG: exact for a small one, well-formed and harmless for any. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFile } from '../../../src/compiler/compile.ts'
import { toDot } from '../../../src/compiler/graph/dot.ts'
import { graphOf } from '../../../src/compiler/graph/graph.ts'
import type { Graph } from '../../../src/compiler/graph/graph.ts'
import { toMermaid } from '../../../src/compiler/graph/mermaid.ts'
import { toSvg } from '../../../src/compiler/graph/svg/to-svg.ts'
import { elementsOf, parseXml, textOf } from './xml.ts'

const SPECS = fileURLToPath(new URL('../../../specs', import.meta.url))

const GRAPH: Graph = {
  title: 'demo 1.0.0',
  description: 'Two agents & a tool',
  nodes: [
    { id: 'agent:desk', kind: 'agent', name: 'desk', detail: 'scripted', entry: true, gates: [] },
    { id: 'agent:bill-ing', kind: 'agent', name: 'bill-ing', detail: 'openai/x', entry: false, gates: [] },
    {
      id: 'tool:pay',
      kind: 'tool',
      name: 'pay',
      detail: 'function',
      entry: false,
      gates: [{ decision: 'ask', text: 'asks when args.n > 1 && context.t == "x"', final: false }],
    },
    {
      id: 'mcp_server:files',
      kind: 'mcp_server',
      name: 'files',
      detail: 'MCP stdio',
      entry: false,
      gates: [{ decision: 'deny', text: 'rule 1 denies', agent: 'desk', final: true }],
    },
    { id: 'tool:find', kind: 'tool', name: 'find', detail: 'agent', entry: false, gates: [] },
  ],
  edges: [
    { from: 'agent:desk', to: 'tool:pay', kind: 'tool' },
    { from: 'agent:desk', to: 'tool:find', kind: 'tool', condition: "context.t == 'x'" },
    { from: 'agent:desk', to: 'mcp_server:files', kind: 'mcp_server' },
    { from: 'agent:desk', to: 'agent:bill-ing', kind: 'handoff' },
    { from: 'agent:bill-ing', to: 'agent:desk', kind: 'handoff' },
    { from: 'tool:find', to: 'agent:bill-ing', kind: 'agent_tool' },
  ],
}

test('Mermaid', () => {
  expect(toMermaid(GRAPH)).toBe(`---
title: demo 1.0.0
---
flowchart LR
  agent_desk("<b>desk</b> (entry)<br/>scripted"):::entry
  agent_bill_ing("<b>bill-ing</b><br/>openai/x")
  tool_pay["<b>pay</b><br/>function<br/>asks when args.n #62; 1 #38;#38; context.t == #34;x#34;"]:::gated
  mcp_server_files[("<b>files</b><br/>MCP stdio<br/>rule 1 denies (desk)")]:::denied
  tool_find["<b>find</b><br/>agent"]
  agent_desk --- tool_pay
  agent_desk ---|"if context.t == 'x'"| tool_find
  agent_desk --- mcp_server_files
  agent_desk ==> agent_bill_ing
  agent_bill_ing ==> agent_desk
  tool_find -.-> agent_bill_ing
  classDef entry stroke-width:3px
  classDef gated stroke:#d97706,stroke-width:2px
  classDef denied stroke:#dc2626,stroke-width:2px
`)
})

test('DOT', () => {
  expect(toDot(GRAPH)).toBe(String.raw`digraph "demo 1.0.0" {
  rankdir=LR
  node [fontname="Helvetica,Arial,sans-serif", fontsize=12, margin="0.16,0.08"]
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10, color="#57606a"]
  agent_desk [label="desk (entry)\nscripted", shape=box, style="rounded,filled", fillcolor="#eef4ff", penwidth=2.5, color="#0969da"]
  agent_bill_ing [label="bill-ing\nopenai/x", shape=box, style="rounded,filled", fillcolor="#eef4ff", color="#57606a"]
  tool_pay [label="pay\nfunction\nasks when args.n > 1 &amp;&amp; context.t == \"x\"", shape=box, style=filled, fillcolor="#ffffff", penwidth=2, color="#b45309"]
  mcp_server_files [label="files\nMCP stdio\nrule 1 denies (desk)", shape=cylinder, style=filled, fillcolor="#ffffff", penwidth=2, color="#cf222e"]
  tool_find [label="find\nagent", shape=box, style=filled, fillcolor="#ffffff", color="#57606a"]
  agent_desk -> tool_pay [arrowhead=none]
  agent_desk -> tool_find [arrowhead=none, label="if context.t == 'x'"]
  agent_desk -> mcp_server_files [arrowhead=none]
  agent_desk -> agent_bill_ing [penwidth=1.8]
  agent_bill_ing -> agent_desk [penwidth=1.8]
  tool_find -> agent_bill_ing [style=dashed]
}
`)
})

describe('SVG', () => {
  const root = parseXml(toSvg(GRAPH))
  const texts = elementsOf(root, 'text').map(textOf)

  test('shows each agent with its tools, servers and handoffs, and what asks', () => {
    const rows = [
      ['demo 1.0.0'],
      ['Two agents & a tool'],
      ['desk', 'scripted', 'ENTRY'],
      ['pay', 'function', 'asks when args.n > 1 && context.t == "x"'],
      ['find', 'agent', "if context.t == 'x'"],
      ['files', 'MCP stdio', 'rule 1 denies'],
      ['bill-ing', 'handoff'],
      ['bill-ing', 'openai/x'],
      ['desk', 'handoff'],
      ['asks a person', 'refused', 'hands over', 'runs as a tool'],
    ]
    expect(texts).toEqual(rows.flat())
  })

  test('has a line for each handoff and each agent used as a tool, and says the whole in words', () => {
    const lines = elementsOf(root, 'path').map(({ attributes }) => attributes['class'] ?? '')
    expect(lines.filter((name) => name.startsWith('edge'))).toEqual([
      'edge tool',
      'edge handoff',
      'edge handoff back',
      // The legend.
      'edge handoff',
      'edge tool',
    ])
    expect(elementsOf(root, 'desc').map(textOf)).toEqual([
      `Entry agent desk: pay asks when args.n > 1 && context.t == "x"; find if context.t == 'x'; ` +
        'files rule 1 denies; bill-ing. Agent bill-ing: desk.',
    ])
  })

  test('is the same each time, has a dark side, and needs nothing from elsewhere', () => {
    expect(toSvg(GRAPH)).toBe(toSvg(structuredClone(GRAPH)))
    const style = elementsOf(root, 'style').map(textOf).join('')
    expect(style).toContain('@media (prefers-color-scheme: dark){')
    expect(toSvg(GRAPH).replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\((?!#)|<script|<image/,
    )
  })

  test('lets the reader see a text that is cut', () => {
    const long = 'a very long name '.repeat(20).trim()
    const nodes = GRAPH.nodes.map((node) => (node.id === 'tool:pay' ? { ...node, name: long } : node))
    const drawn = parseXml(toSvg({ ...GRAPH, nodes }))
    const cut = elementsOf(drawn, 'text').find((element) => textOf(element).startsWith('a very long'))
    expect(cut && textOf(cut)).toMatch(/^a very long.{5,40}…$/)
    expect(cut && elementsOf(cut, 'title').map(textOf)).toEqual([long])
  })
})

/** Files that specs include have no name. */
const specs = readdirSync(SPECS, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.yaml') && /^name:/m.test(readFileSync(`${SPECS}/${file}`, 'utf8')),
)

describe('every spec of specs/', () => {
  test.for(specs)('%s', async (file) => {
    const result = await compileFile(`${SPECS}/${file}`)
    if (!result.ok) throw new Error(`${file} does not compile`)
    const graph = graphOf(result.program)
    const agents = Object.keys(result.program.agents)
    const texts = elementsOf(parseXml(toSvg(graph)), 'text').map(textOf)
    expect(texts).toEqual(
      expect.arrayContaining([`${result.program.name} ${result.program.version}`, 'ENTRY']),
    )
    for (const agent of agents) {
      expect(toMermaid(graph)).toContain(`("<b>${agent}</b>`)
      expect(toDot(graph)).toContain(` [label="${agent}`)
    }
  })
})

/** Names that mean something to a browser, a terminal, YAML, Mermaid or Graphviz, and any others. */
const hostile = fc.oneof(
  fc.constantFrom(
    '"]; evil --> x',
    '</text><script>alert(1)</script>',
    '%%{init: {"securityLevel":"loose"}}%%',
    'click a call b()',
    '#quot;&lt;&#60;',
    '\\"; } digraph { x [label="\\N"',
    '\u001b[31mred\u202etxt.exe',
    'a\nb\r\nc',
    '`markdown` **x** $$x$$',
    '\ud800 \uffff \u0000',
    'end',
    '-->',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

describe('names of any kind', () => {
  const withNames = ([a, b, c, text]: readonly [string, string, string, string]): Graph => ({
    ...GRAPH,
    description: text,
    nodes: GRAPH.nodes.map((node, index) => ({
      ...node,
      name: [a, b, c][index % 3] ?? '',
      detail: text,
      gates: node.gates.map((gate) => ({ ...gate, text: `asks when ${text}` })),
    })),
    edges: GRAPH.edges.map((edge) => ({ ...edge, condition: text })),
  })
  const anyGraph = fc.tuple(hostile, hostile, hostile, hostile).map(withNames)
  const printable = /^[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]*$/u

  test('stay inside their quotes in Mermaid', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const [, , , ...lines] = toMermaid(graph).trimEnd().split('\n')
        expect(lines).toHaveLength(1 + GRAPH.nodes.length + GRAPH.edges.length + 3)
        for (const line of lines) {
          expect(line).toMatch(printable)
          expect(line.match(/"/g) ?? []).toHaveLength(/agent_|tool_|mcp_/.test(line) ? 2 : 0)
          const label = (/"(.*)"/.exec(line)?.[1] ?? '').replaceAll(/<b>|<\/b>|<br\/>/g, '')
          expect(label.replaceAll(/#\d+;/g, '')).not.toMatch(/[<>&#;`%{}$\\]/)
        }
      }),
    )
  })

  test('stay inside their strings in DOT', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const lines = toDot(graph).trimEnd().split('\n')
        expect(lines).toHaveLength(5 + GRAPH.nodes.length + GRAPH.edges.length)
        for (const line of lines) {
          expect(line).toMatch(printable)
          const withoutStrings = line.replaceAll(/"(?:[^"\\]|\\[n"\\])*"/g, '""')
          expect(withoutStrings).toMatch(
            /^(?:digraph "" \{|\}| {2}rankdir=LR| {2}\w+(?: -> \w+)? \[[\w=", .]*\])$/,
          )
        }
      }),
    )
  })

  test('are text in SVG', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const root = parseXml(toSvg(graph))
        expect(elementsOf(root, 'script')).toEqual([])
        for (const element of elementsOf(root, 'text')) expect(textOf(element)).toMatch(printable)
      }),
    )
  })
})

test('names that look the same to Mermaid and DOT are different nodes', () => {
  const nodes = ['a b', 'a-b', 'a_b', 'a_b_2', '日本', '語'].map((name) => ({
    ...GRAPH.nodes[0]!,
    id: `agent:${name}`,
    name,
  }))
  const ids = toMermaid({ ...GRAPH, nodes, edges: [] }).match(/^ {2}agent\w*/gm) ?? []
  expect(ids).toEqual([
    '  agent_a_b',
    '  agent_a_b_2',
    '  agent_a_b_3',
    '  agent_a_b_2_2',
    '  agent',
    '  agent_2',
  ])
})
