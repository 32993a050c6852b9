/** The names that the model sees: legal as names of functions, and different from one another within an agent. */
import type { RelatedPlace } from '../../spec/diagnostic.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import { handoffToolName } from '../lower/lower-agent.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import type { Definition } from './scope.ts'

/** Types whose tools the model calls by our name for them, at least some models. The others have names of the provider's. */
const namedTypes: ReadonlySet<unknown> = new Set([
  'function',
  'agent',
  'http',
  'shell',
  'apply_patch',
  'codex',
  'custom',
])

interface VisibleName {
  readonly name: string
  /** A definition that is listed twice is one tool. */
  readonly identity: string
  readonly kind: string
  readonly path: Path
}

export function modelVisibleNames(context: RuleContext): void {
  for (const tool of context.scope.tools) checkToolName(context, tool)
  for (const agent of context.scope.definitions('agents')) {
    const names = [...toolNames(context, agent), ...handoffNames(context, agent)]
    reportCollisions(context, agent, names)
  }
}

function checkToolName(context: RuleContext, tool: Definition): void {
  const given = tool.value['name']
  const name = typeof given === 'string' ? given : tool.name
  if (!namedTypes.has(tool.value['type']) || isLegal(name)) return
  const place =
    typeof given === 'string' ? { path: [...tool.path, 'name'] } : { path: tool.path, part: 'key' as const }
  context.report('AS4003', { name, what: 'a tool' }, place)
}

function toolNames(context: RuleContext, agent: Definition): readonly VisibleName[] {
  return context.scope
    .toolsOf(agent)
    .filter((tool) => namedTypes.has(tool.value['type']))
    .map((tool) => ({
      name: tool.visibleName,
      identity: tool.path.join('/'),
      kind:
        tool.name === tool.visibleName
          ? `tool "${tool.name}"`
          : `tool "${tool.name}" (named "${tool.visibleName}")`,
      path: tool.usedAt,
    }))
}

function handoffNames(context: RuleContext, agent: Definition): readonly VisibleName[] {
  return listItems(agent.value['handoffs']).flatMap(([index, handoff]) => {
    const path = [...agent.path, 'handoffs', index]
    const target = isJsonObject(handoff) ? handoff['agent'] : handoff
    if (typeof target !== 'string') return []
    const given = isJsonObject(handoff) ? handoff['tool_name'] : undefined
    const name = typeof given === 'string' ? given : handoffToolName(target)
    if (typeof given === 'string' && !isLegal(given)) {
      context.report('AS4003', { name, what: 'a handoff' }, { path: [...path, 'tool_name'] })
    }
    return [{ name, identity: path.join('/'), kind: `handoff to "${target}"`, path }]
  })
}

function reportCollisions(context: RuleContext, agent: Definition, names: readonly VisibleName[]): void {
  const first = new Map<string, VisibleName>()
  for (const one of names) {
    const other = first.get(one.name)
    if (other === undefined) {
      first.set(one.name, one)
      continue
    }
    if (other.identity === one.identity) continue
    const related: RelatedPlace = {
      ...context.locate({ path: other.path }),
      message: `${other.kind} is here`,
    }
    const args = { agent: agent.name, name: one.name, kinds: [other.kind, one.kind] as const }
    context.report('AS4002', args, { path: one.path }, { related: [related] })
  }
}

function isLegal(name: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(name)
}
