/** Finds which tool of a newer spec is which of an older one: what counts is what the model calls it, and for whom. */
import type { Program } from '../program.ts'
import { agentsWithTool } from './node-graph.ts'

/**
 * Keys of tools in `a` to keys in `b`. A tool may move (between an agent and the top level, say) as long as it keeps its
 * name for the model and an agent that has it; a key that stays keeps its tool, whatever that is called.
 */
export function matchTools(a: Program, b: Program): ReadonlyMap<string, string> {
  const matches = new Map<string, string>()
  const taken = new Set<string>()
  const match = (key: string, other: string | undefined): void => {
    if (other === undefined || matches.has(key) || taken.has(other)) return
    matches.set(key, other)
    taken.add(other)
  }
  const keys = Object.keys(a.tools)
  for (const key of keys) if (nameIn(a, key) === nameIn(b, key)) match(key, key)
  for (const key of keys) {
    const users = new Set(agentsWithTool(a, key))
    const isMoved = (other: string): boolean =>
      !taken.has(other) &&
      nameIn(b, other) === nameIn(a, key) &&
      agentsWithTool(b, other).some((agent) => users.has(agent))
    if (!matches.has(key)) match(key, Object.keys(b.tools).find(isMoved))
  }
  for (const key of keys) if (nameIn(b, key) !== undefined) match(key, key)
  return matches
}

function nameIn({ tools }: Program, key: string): string | undefined {
  return Object.hasOwn(tools, key) ? tools[key]?.name : undefined
}
