/** A handoff goes to another agent. */
import { isJsonObject } from '../../util/json.ts'
import { listItems } from './scope.ts'
import type { RuleContext } from './rule-context.ts'

export function noHandoffToSelf(context: RuleContext): void {
  for (const agent of context.scope.definitions('agents')) {
    for (const [index, handoff] of listItems(agent.value['handoffs'])) {
      const isObject = isJsonObject(handoff)
      const target = isObject ? handoff['agent'] : handoff
      if (target !== agent.name) continue
      const path = [...agent.path, 'handoffs', index]
      context.report('AS4001', { agent: agent.name }, { path: isObject ? [...path, 'agent'] : path })
    }
  }
}
