/** Which agents use a model. */
import { valueAt } from '../../spec/document.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import type { Definition } from './scope.ts'

/** Agents that name the same model. The same list for every model that it uses: what is made of it can be kept. */
export type AgentGroup = readonly Definition[]

/**
 * The agents that use a model: as their own, by default, or as a fallback of either. Agents that do not count are left
 * out; no group is empty.
 */
export function findModelUsers(
  { document, scope }: RuleContext,
  counts: (agent: Definition) => boolean = () => true,
): (model: string) => readonly AgentGroup[] {
  const standard = valueAt(document.value, ['defaults', 'model'])
  const users = new Map<string, AgentGroup[]>()
  const groups = Map.groupBy(
    scope.definitions('agents').filter(counts),
    ({ value }) => value['model'] ?? standard,
  )
  for (const [model, group] of groups) {
    if (typeof model !== 'string') continue
    const fallback = listItems(scope.definition('models', model)?.value['fallback']).map(([, name]) => name)
    for (const name of new Set([model, ...fallback])) {
      if (typeof name !== 'string') continue
      const known = users.get(name)
      if (known === undefined) users.set(name, [group])
      else known.push(group)
    }
  }
  return (model) => users.get(model) ?? []
}
