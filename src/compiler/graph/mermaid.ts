/** A graph as a Mermaid flowchart, for Markdown files and pull requests. */
import { gateText } from './gates.ts'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { identifiers } from './identifiers.ts'
import { shortText } from './plain-text.ts'

/** The text of a flowchart, with a line feed at its end. Names cannot break out of their labels, whatever they are. */
export function toMermaid(graph: Graph): string {
  const idOf = identifiers(graph)
  const lines = [
    '---',
    `title: ${graph.title}`,
    '---',
    'flowchart LR',
    ...graph.nodes.map((node) => `  ${nodeText(node, idOf(node.id))}`),
    ...graph.edges.map((edge) => `  ${edgeText(edge, idOf)}`),
    // Only strokes: the fill and the text stay those of the reader's theme.
    '  classDef entry stroke-width:3px',
    '  classDef gated stroke:#d97706,stroke-width:2px',
    '  classDef denied stroke:#dc2626,stroke-width:2px',
  ]
  return `${lines.join('\n')}\n`
}

const SHAPES: Readonly<Record<GraphNode['kind'], readonly [string, string]>> = {
  agent: ['(', ')'],
  tool: ['[', ']'],
  mcp_server: ['[(', ')]'],
}

function nodeText(node: GraphNode, id: string): string {
  const [open, close] = SHAPES[node.kind]
  const gates = node.gates.map((gate) => label(gateText(gate)))
  const name = node.entry ? `<b>${label(node.name)}</b> (entry)` : `<b>${label(node.name)}</b>`
  return `${id}${open}"${[name, label(node.detail), ...gates].join('<br/>')}"${close}${classOf(node)}`
}

function classOf({ entry, gates }: GraphNode): string {
  if (entry) return ':::entry'
  if (gates.length === 0) return ''
  return gates.some(({ decision }) => decision === 'ask') ? ':::gated' : ':::denied'
}

function edgeText({ from, to, kind, condition }: GraphEdge, idOf: (node: string) => string): string {
  const text = condition === undefined ? '' : `|"${label(`if ${condition}`)}"|`
  return `${idOf(from)} ${ARROWS[kind]}${text} ${idOf(to)}`
}

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = {
  handoff: '==>',
  tool: '---',
  mcp_server: '---',
  agent_tool: '-.->',
}

/** Longer texts make nodes that nobody reads. */
const MOST = 120

/** Only what is harmless in quotes stays as it is; everything else becomes an entity code of Mermaid. */
function label(text: string): string {
  return shortText(text, MOST).replaceAll(
    /[^\p{L}\p{N}\p{M} _.,/()=+*!…'-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0xfffd};`,
  )
}
