/** What the picture of a graph shows: a card for each agent, with a row for each tool, MCP server and handoff of it. */
import { gatesForAgent } from '../gates.ts'
import type { GraphGate } from '../gates.ts'
import type { Graph, GraphEdge, GraphNode } from '../graph.ts'
import { plainText } from '../plain-text.ts'

export interface Card {
  /** The id of the agent. */
  readonly id: string
  readonly name: string
  readonly detail: string
  readonly entry: boolean
  readonly rows: readonly Row[]
}

export interface Row {
  readonly kind: 'tool' | 'mcp_server' | 'handoff'
  readonly name: string
  readonly detail: string
  readonly notes: readonly Note[]
  /** The agent that it leads to. */
  readonly target?: string
}

/** A remark under a row: when it is offered, and what asks a person. */
export interface Note {
  readonly tone: 'plain' | GraphGate['decision']
  readonly text: string
}

/** A card for each agent, in the order of the graph. */
export function cardsOf(graph: Graph): readonly Card[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const outgoing = Map.groupBy(graph.edges, ({ from }) => from)
  return graph.nodes
    .filter(({ kind }) => kind === 'agent')
    .map((agent) => ({
      id: agent.id,
      name: plainText(agent.name),
      detail: plainText(agent.detail),
      entry: agent.entry,
      rows: (outgoing.get(agent.id) ?? []).flatMap((edge) => {
        const node = nodes.get(edge.to)
        return node === undefined ? [] : [rowOf(agent, edge, node, outgoing.get(node.id)?.[0]?.to)]
      }),
    }))
}

function rowOf(agent: GraphNode, edge: GraphEdge, node: GraphNode, runs: string | undefined): Row {
  const condition: readonly Note[] =
    edge.condition === undefined ? [] : [{ tone: 'plain', text: plainText(`if ${edge.condition}`) }]
  if (edge.kind === 'handoff') {
    return {
      kind: 'handoff',
      name: plainText(node.name),
      detail: 'handoff',
      notes: condition,
      target: node.id,
    }
  }
  const gates = gatesForAgent(node.gates, agent.name).map(({ decision, text }): Note => ({
    tone: decision,
    text: plainText(text),
  }))
  return {
    kind: node.kind === 'mcp_server' ? 'mcp_server' : 'tool',
    name: plainText(node.name),
    detail: plainText(node.detail),
    notes: [...condition, ...gates],
    ...(node.kind === 'tool' && runs !== undefined ? { target: runs } : {}),
  }
}
