/** `stop_at_tool_names` names tools that the agent has. */
import { isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { replaceText } from '../replace-text.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'

export function stopAtToolNames(context: RuleContext): void {
  for (const agent of context.scope.definitions('agents')) {
    const behavior = agent.value['tool_use_behavior']
    const known = context.scope.toolsOf(agent).map((tool) => tool.visibleName)
    // What an MCP server offers is known only when it is connected, what an included file declares when it is read.
    if (!isJsonObject(behavior) || listItems(agent.value['mcp_servers']).length > 0 || !context.complete)
      continue
    for (const [index, name] of listItems(behavior['stop_at_tool_names'])) {
      if (typeof name !== 'string' || known.includes(name)) continue
      const path = [...agent.path, 'tool_use_behavior', 'stop_at_tool_names', index]
      const suggestion = suggest(name, known)
      const fix = replaceText(context.document.entryAt(path)?.node, suggestion)
      context.report('AS3022', { agent: agent.name, name, suggestion, known }, { path }, { fix })
    }
  }
}
