/** Whether a provider asks us before it calls a tool of a hosted MCP server. Only then is there anything to decide here. */
import type { ToolDefinition } from '../../compiler/program.ts'
import { toPointer } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { Gate } from './policy.ts'

/** False only where `require_approval` says never: of a tool that a grouped form does not name the provider may ask. */
export function providerAsks(tool: ToolDefinition & { type: 'hosted_mcp' }, name: string): boolean {
  const { require_approval: written } = tool.settings
  if (written === undefined || written === 'never') return false
  if (!isJsonObject(written)) return true
  return !names(written['never']).includes(name)
}

/** The gate of a call that the provider makes without asking: no rule of `approvals.rules` is ever looked at. */
export function ungated(key: string): Gate {
  return {
    decision: 'allow',
    rule: {
      kind: 'tool',
      pointer: toPointer(['tools', key, 'require_approval']),
      reason: 'require_approval: never; the provider calls it without asking',
    },
  }
}

function names(group: Json | undefined): readonly Json[] {
  const listed = isJsonObject(group) ? group['tool_names'] : undefined
  return isJsonArray(listed) ? listed : []
}
