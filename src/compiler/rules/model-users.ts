/** Which agents use a model. */
import type { RuleContext } from './rule-context.ts'
import type { Definition } from './scope.ts'
import { listItems } from './scope.ts'
import { valueAt } from '../../spec/document.ts'

/** The agents that use a declared model: their own, the default, or a fallback of either. */
export function usersOfModel(context: RuleContext, model: string): readonly Definition[] {
  const standard = valueAt(context.document.value, ['defaults', 'model'])
  return context.scope.definitions('agents').filter((agent) => {
    const used = agent.value['model'] ?? standard
    return typeof used === 'string' && leadsTo(context, used, model)
  })
}

/** The model, or one that it falls back on, directly or not. */
function leadsTo(context: RuleContext, from: string, wanted: string): boolean {
  const seen = new Set<string>()
  const pending = [from]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === wanted) return true
    if (seen.has(next)) continue
    seen.add(next)
    const fallback = context.scope.definition('models', next)?.value['fallback']
    for (const [, name] of listItems(fallback)) if (typeof name === 'string') pending.push(name)
  }
  return false
}
