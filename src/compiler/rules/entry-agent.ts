/** A spec has an agent, and says which one starts when it has several. */
import type { RuleContext } from './rule-context.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

export function entryAgent(context: RuleContext): void {
  if (!context.complete) return
  const agents = context.scope.names('agents')
  const spec = context.document.value
  if (agents.length === 0 && mayHaveAgents(spec))
    context.report('AS3007', {}, { path: ['agents'], part: 'key' })
  if (agents.length > 1 && isJsonObject(spec) && !Object.hasOwn(spec, 'entry')) {
    context.report('AS3006', { agents }, { path: ['agents'], part: 'key' })
  }
}

/** Without an `agents` key and without includes the key is missing, which validation reports. */
function mayHaveAgents(spec: Json): boolean {
  return isJsonObject(spec) && (isJsonObject(spec['agents']) || Object.hasOwn(spec, 'include'))
}
