/** Every agent can be reached from the entry: by handoffs, as a tool, or as the judge of a guardrail. */
import type { Path } from '../../spec/path.ts'
import { entryOf } from './entry.ts'
import { findUses } from './name-references.ts'
import type { NameReference } from './name-references.ts'
import type { RuleContext } from './rule-context.ts'

export function reachableAgents(context: RuleContext): void {
  const entry = entryOf(context)
  if (entry === undefined || !context.complete) return
  const reached = reach(context, entry)
  for (const agent of context.scope.names('agents')) {
    if (!reached.has(agent))
      context.report('AS4006', { agent, entry }, { path: ['agents', agent], part: 'key' })
  }
}

/** Follows what each reached agent refers to; tools and guardrails are steps on the way. */
function reach(context: RuleContext, entry: string): ReadonlySet<string> {
  const edges = new Map<string, string[]>()
  for (const reference of findUses(context.references, context.scope)) {
    const from = ownerOf(reference.path)
    const to = targetOf(reference)
    edges.set(from, [...(edges.get(from) ?? []), to])
  }
  const seen = new Set<string>()
  const pending = [`agents/${entry}`, 'run']
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    pending.push(...(edges.get(next) ?? []))
  }
  return new Set(
    [...seen].flatMap((node) => (node.startsWith('agents/') ? [node.slice('agents/'.length)] : [])),
  )
}

function targetOf({ section, name }: NameReference): string {
  return `${section}/${name}`
}

/** The definition a reference stands in. An inline tool belongs to its agent. */
function ownerOf([section, name]: Path): string {
  return section === 'run' ? 'run' : `${section}/${name}`
}
