/** Which tools and servers are gated: some call of them may wait for a person, or be refused by a rule. */
import { canMatchPrefix, matchesGlob } from '../../util/glob.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { ApprovalRule, Program, ToolDefinition } from '../program.ts'
import { agentsWithServer, agentsWithTool } from './node-graph.ts'
import { toolKeys } from './tool-keys.ts'

/** True when a call of the tool can ask a person or be denied. False for a tool that is not there. */
export function isGatedTool(program: Program, key: string): boolean {
  const tool = Object.hasOwn(program.tools, key) ? program.tools[key] : undefined
  if (tool === undefined) return false
  const { needs_approval: gate, require_approval: groups } = toolKeys(tool)
  if (asks(gate) || asks(groups)) return true
  return program.approvals.rules.some((rule) => canAsk(rule) && ruleMatchesTool(program, rule, key))
}

/** True when a call of one of the server's tools can ask a person or be denied. */
export function isGatedServer(program: Program, name: string): boolean {
  const server = Object.hasOwn(program.mcp_servers, name) ? program.mcp_servers[name] : undefined
  if (server === undefined) return false
  if (asks(server['require_approval'])) return true
  return program.approvals.rules.some((rule) => canAsk(rule) && ruleMatchesServer(program, rule, name))
}

/** True when the rule can decide a call of the tool. */
export function ruleMatchesTool(program: Program, rule: ApprovalRule, key: string): boolean {
  const tool = Object.hasOwn(program.tools, key) ? program.tools[key] : undefined
  if (tool === undefined) return false
  if (rule.agent !== undefined && !agentsWithTool(program, key).includes(rule.agent)) return false
  return rule.tool === undefined || patternMatchesTool(rule.tool, tool)
}

/** True when the rule can decide a call of one of the server's tools. */
export function ruleMatchesServer(program: Program, rule: ApprovalRule, name: string): boolean {
  if (!Object.hasOwn(program.mcp_servers, name)) return false
  if (rule.agent !== undefined && !agentsWithServer(program, name).includes(rule.agent)) return false
  return rule.tool === undefined || canMatchPrefix(rule.tool, `${name}/`)
}

function patternMatchesTool(pattern: string, tool: ToolDefinition): boolean {
  // The names of an OpenAPI document's operations are not known here, so any pattern may match one.
  if (tool.type === 'openapi' || matchesGlob(pattern, tool.name)) return true
  const { server_label: label } = toolKeys(tool)
  return typeof label === 'string' && canMatchPrefix(pattern, `${label}/`)
}

/** An `allow` with a condition asks when the condition cannot be evaluated. */
function canAsk({ decide, when }: ApprovalRule): boolean {
  return decide !== 'allow' || when !== undefined
}

/** All forms of `needs_approval` and `require_approval`. */
function asks(gate: unknown): boolean {
  if (gate === undefined || gate === false || gate === 'never') return false
  if (!isJsonObject(gate)) return true
  const { always, never } = gate
  if (isJsonObject(always) || isJsonObject(never)) {
    const names = isJsonObject(always) ? always['tool_names'] : undefined
    // A group that is not a list of names describes the tools in another way, and may describe any.
    return isJsonObject(always) && (!isJsonArray(names) || names.length > 0)
  }
  return Object.values(gate).some((one) => one !== 'never' && one !== false)
}
