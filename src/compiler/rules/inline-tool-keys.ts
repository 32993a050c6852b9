/** An inline tool is `<agent>.<name>` among the tools of the Program: nothing else may have that key. */
import { inlineToolKey } from '../lower/lower-agent.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import { isJsonObject } from '../../util/json.ts'

export function inlineToolKeys(context: RuleContext): void {
  const places = new Map(
    context.scope.names('tools').map((name) => [name, { path: ['tools', name], part: 'key' as const }]),
  )
  const inline = new Map<string, { readonly path: readonly (string | number)[] }>()
  for (const agent of context.scope.definitions('agents')) {
    for (const [index, tool] of listItems(agent.value['tools'])) {
      const name = isJsonObject(tool) ? tool['name'] : undefined
      if (typeof name !== 'string') continue
      const key = inlineToolKey(agent.name, name)
      const place = { path: [...agent.path, 'tools', index, 'name'] }
      const first = places.get(key) ?? inline.get(key)
      inline.set(key, first ?? place)
      if (first === undefined) continue
      const related = [{ ...context.locate(first), message: `"${key}" is first declared here` }]
      context.report('AS3010', { kind: 'tool', name: key }, place, { related })
    }
  }
}
