/** A graph in the language of Graphviz. */
import { gateText } from './gates.ts'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { identifiers } from './identifiers.ts'
import { plainText, wrapText } from './plain-text.ts'

/** The text of a digraph, with a line feed at its end. Names cannot break out of their strings, whatever they are. */
export function toDot(graph: Graph): string {
  const idOf = identifiers(graph)
  const lines = [
    `digraph "${escaped(graph.title)}" {`,
    '  rankdir=LR',
    '  node [fontname="Helvetica,Arial,sans-serif", fontsize=12, margin="0.16,0.08"]',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10, color="#57606a"]',
    ...graph.nodes.map((node) => `  ${idOf(node.id)} [${nodeAttributes(node)}]`),
    ...graph.edges.map((edge) => `  ${idOf(edge.from)} -> ${idOf(edge.to)} [${edgeAttributes(edge)}]`),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function nodeAttributes(node: GraphNode): string {
  const name = node.entry ? `${node.name} (entry)` : node.name
  const lines = [name, node.detail, ...node.gates.map(gateText)].map(escaped)
  return [`label="${lines.join(LINE_BREAK)}"`, ...SHAPES[node.kind], ...strokeOf(node)].join(', ')
}

const SHAPES: Readonly<Record<GraphNode['kind'], readonly string[]>> = {
  agent: ['shape=box', 'style="rounded,filled"', 'fillcolor="#eef4ff"'],
  tool: ['shape=box', 'style=filled', 'fillcolor="#ffffff"'],
  mcp_server: ['shape=cylinder', 'style=filled', 'fillcolor="#ffffff"'],
}

function strokeOf({ entry, gates }: GraphNode): readonly string[] {
  if (entry) return ['penwidth=2.5', 'color="#0969da"']
  if (gates.length === 0) return ['color="#57606a"']
  const asks = gates.some(({ decision }) => decision === 'ask')
  return ['penwidth=2', asks ? 'color="#b45309"' : 'color="#cf222e"']
}

function edgeAttributes({ kind, condition }: GraphEdge): string {
  const label = condition === undefined ? [] : [`label="${escaped(`if ${condition}`)}"`]
  return [...EDGES[kind], ...label].join(', ')
}

const EDGES: Readonly<Record<GraphEdge['kind'], readonly string[]>> = {
  handoff: ['penwidth=1.8'],
  tool: ['arrowhead=none'],
  mcp_server: ['arrowhead=none'],
  agent_tool: ['style=dashed'],
}

/** As much of a text as people read in a node. */
const LINES = { most: 3, characters: 48 } as const
const LINE_BREAK = String.raw`\n`

/** A piece of a label, in lines. Entities and escapes mean something in it. */
function escaped(text: string): string {
  return wrapText(plainText(text), LINES.most, (line) => line.length <= LINES.characters)
    .map((line) =>
      line
        .replaceAll('&', '&amp;')
        .replaceAll('\\', String.raw`\\`)
        .replaceAll('"', String.raw`\"`),
    )
    .join(LINE_BREAK)
}
