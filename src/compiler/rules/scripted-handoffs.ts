/** A script is for agents that are there, and hands off to agents that its agent can hand off to. */
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { replaceText } from '../replace-text.ts'
import { findModelUsers } from './model-users.ts'
import type { AgentGroup } from './model-users.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, members } from './scope.ts'

export function scriptedHandoffs(context: RuleContext): void {
  if (!context.complete) return
  const usersOf = findModelUsers(context)
  const groups = new Map(context.scope.definitions('agents').map((agent) => [agent.name, [agent]]))
  const targetsOf = targetsByGroup(context)
  for (const model of context.scope.definitions('models')) {
    const { script } = model.value
    const path = [...model.path, 'script']
    if (Array.isArray(script)) checkSteps(context, { path, value: script }, usersOf(model.name), targetsOf)
    for (const [name, value] of members(script)) {
      const group = groups.get(name)
      if (!context.scope.isDeclared('agents', name)) reportUnknown(context, name, [...path, name], 'key')
      checkSteps(context, { path: [...path, name], value }, group === undefined ? [] : [group], targetsOf)
    }
  }
}

/** `groups`: whoever may be the one that hands off; nothing is said about that when there is none. */
function checkSteps(
  context: RuleContext,
  steps: { readonly path: Path; readonly value: Json },
  groups: readonly AgentGroup[],
  targetsOf: (group: AgentGroup) => Targets,
): void {
  const targets = groups.map(targetsOf)
  for (const [index, step] of listItems(steps.value)) {
    const target = isJsonObject(step) ? step['handoff'] : undefined
    if (typeof target !== 'string') continue
    const path = [...steps.path, index, 'handoff']
    if (!context.scope.isDeclared('agents', target)) reportUnknown(context, target, path, 'value')
    else if (groups.length > 0 && !targets.some((one) => one === 'open' || one.has(target))) {
      const [only] = groups.length === 1 && groups[0]?.length === 1 ? groups[0] : []
      context.report('AS4021', { agent: only?.name, target }, { path })
    }
  }
}

function reportUnknown(context: RuleContext, name: string, path: Path, part: 'key' | 'value'): void {
  const known = context.scope.names('agents')
  const suggestion = suggest(name, known)
  const entry = context.document.entryAt(path)
  const fix = replaceText(part === 'key' ? entry?.key : entry?.node, suggestion)
  context.report('AS3001', { name, suggestion, known }, { path, part }, { fix })
}

/** `open`: a misspelt handoff may be the one that is meant. It is reported where it stands. */
type Targets = ReadonlySet<string> | 'open'

/** Whom one of a group of agents can hand off to, found once for each group. */
function targetsByGroup({ scope }: RuleContext): (group: AgentGroup) => Targets {
  const found = new Map<AgentGroup, Targets>()
  return (group) => {
    const known = found.get(group)
    if (known !== undefined) return known
    const names = group.flatMap((agent) => listItems(agent.value['handoffs']).map(([, one]) => targetOf(one)))
    const declared = names.flatMap((name) =>
      typeof name === 'string' && scope.isDeclared('agents', name) ? [name] : [],
    )
    const targets = declared.length < names.length ? 'open' : new Set(declared)
    found.set(group, targets)
    return targets
  }
}

function targetOf(handoff: Json): Json | undefined {
  return isJsonObject(handoff) ? handoff['agent'] : handoff
}
