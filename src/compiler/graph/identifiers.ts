/** Names for the nodes of a graph in languages that allow letters, digits and `_` only. */
import type { Graph } from './graph.ts'

/** From the id of a node to a name of its own that people can read: `agent_triage`, `agent_triage_2` for the next of that form. */
export function identifiers(graph: Graph): (node: string) => string {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  const next = new Map<string, number>()
  for (const { id } of graph.nodes) {
    const form = id.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/(?<=.)_$/, '')
    let name = form
    let count = next.get(form) ?? 2
    while (taken.has(name)) name = `${form}_${count++}`
    next.set(form, count)
    taken.add(name)
    names.set(id, name)
  }
  return (node) => names.get(node) ?? node
}
