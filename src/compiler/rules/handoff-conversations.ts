/** A conversation that the provider keeps cannot be filtered at a handoff: the next agent's model has it all. */
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'

export function handoffConversations(context: RuleContext): void {
  const { value } = context.document
  const run = isJsonObject(value) ? value['run'] : undefined
  if (!isJsonObject(run) || run['conversation'] === undefined || run['conversation'] === 'none') return
  report(context, 'handoff_input_filter', run['handoff_input_filter'], ['run', 'handoff_input_filter'])
  report(context, 'nest_handoff_history', run['nest_handoff_history'], ['run', 'nest_handoff_history'])
  for (const agent of context.scope.definitions('agents')) {
    for (const [index, handoff] of listItems(agent.value['handoffs'])) {
      if (!isJsonObject(handoff)) continue
      const path = [...agent.path, 'handoffs', index]
      for (const key of ['input_filter', 'nest_handoff_history']) {
        report(context, key, handoff[key], [...path, key])
      }
    }
  }
}

function report(context: RuleContext, key: string, value: Json | undefined, path: Path): void {
  if (value === undefined || value === false) return
  const place = context.locate({ path: ['run', 'conversation'], part: 'key' })
  const detail = `"${key}" has no effect on a conversation that the provider keeps ("run.conversation")`
  const related = [{ ...place, message: 'kept by the provider here' }]
  context.report('AS4023', { detail }, { path, part: 'key' }, { related })
}
