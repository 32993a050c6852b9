/** Which agent a spec starts with. */
import { isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import type { RuleContext } from './rule-context.ts'

/** The declared entry, or the only agent; `undefined` when that is not clear. A typo counts as what it probably means. */
export function entryOf(context: RuleContext): string | undefined {
  const agents = context.scope.names('agents')
  const spec = context.document.value
  const entry = isJsonObject(spec) ? spec['entry'] : undefined
  if (entry === undefined) return agents.length === 1 ? agents[0] : undefined
  if (typeof entry !== 'string') return undefined
  return agents.includes(entry) ? entry : suggest(entry, agents)
}
