/** No tool is under `always` and `never` at once. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { findPlaces, patterns } from '../resolve/places.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'

const places = patterns(
  'mcp_servers.*.require_approval',
  'defaults.mcp_servers.require_approval',
  'TOOL.require_approval',
)

export function groupedApprovals(context: RuleContext): void {
  for (const { path, value } of findPlaces(context.document.value, places)) {
    if (!isJsonObject(value)) continue
    const always = toolNames(value['always'])
    for (const [index, tool] of toolNames(value['never'])) {
      const other = always.find(([, name]) => name === tool)
      if (other === undefined) continue
      const first = context.locate({ path: [...path, 'always', 'tool_names', other[0]] })
      const related = [{ ...first, message: 'named under "always" here' }]
      context.report('AS4005', { tool }, { path: [...path, 'never', 'tool_names', index] }, { related })
    }
  }
}

function toolNames(group: Json | undefined): readonly (readonly [number, string])[] {
  if (!isJsonObject(group)) return []
  return listItems(group['tool_names']).flatMap(([index, name]) =>
    typeof name === 'string' ? [[index, name] as const] : [],
  )
}
