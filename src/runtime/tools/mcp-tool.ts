/** A tool of an MCP server as runs see it: made from what a turn offered, without asking the server. */
import type {
  AgentDefinition,
  NeedsApproval,
  Program,
  ToolDefinition,
  McpToolDefinition,
} from '../../compiler/program.ts'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { CalledMcpTool } from '../state/mcp-tools.ts'

/** The name that rules, expressions and people use: `server/tool` for a tool of an MCP server. */
export function ruleName(tool: Pick<ToolDefinition, 'type' | 'name'> & { readonly server?: string }): string {
  return tool.type === 'mcp' ? `${tool.server ?? ''}/${tool.name}` : tool.name
}

/** `null` when the agent does not use that server. */
export function mcpTool(
  program: Program,
  agent: AgentDefinition,
  called: CalledMcpTool,
): McpToolDefinition | null {
  const server = Object.hasOwn(program.mcp_servers, called.server)
    ? program.mcp_servers[called.server]
    : undefined
  if (server === undefined || !agent.mcp_servers.includes(called.server)) return null
  return {
    type: 'mcp',
    name: called.tool,
    server: called.server,
    definition: called.definition,
    description: called.description ?? '',
    parameters: called.parameters ?? true,
    strict: agent.mcp_config.convert_schemas_to_strict ?? false,
    origin: server.origin ?? {},
    enabled: true,
    timeout_behavior: 'error_as_result',
    failure_error_function: server.failure_error_function ??
      agent.mcp_config.failure_error_function ?? { kind: 'default' },
    input_guardrails: [],
    output_guardrails: [],
    on_unknown: server.on_unknown,
    isolation: 'none',
    defer_loading: false,
    needs_approval: requiredApproval(server, called.tool),
  }
}

/**
 * Whether calls of a tool ask a person, by the server's `require_approval` and the name the server gives the tool. A tool
 * that a list or a map does not name never asks.
 */
export function requiredApproval(
  { require_approval: written }: Pick<McpServerDefinition, 'require_approval'>,
  tool: string,
): NeedsApproval {
  if (!isJsonObject(written)) return isAlways(written)
  const { always, when, handler } = written
  const isOnly = Object.keys(written).filter((key) => !key.startsWith('x-')).length === 1
  if (isOnly && typeof when === 'string' && when !== 'always' && when !== 'never') return { when }
  if (isOnly && typeof handler === 'string' && handler.includes('#')) return { handler }
  if (isGroup(always) || isGroup(written['never'])) {
    const names = isGroup(always) ? always['tool_names'] : []
    return isJsonArray(names) && names.includes(tool)
  }
  return Object.hasOwn(written, tool) && isAlways(written[tool])
}

function isGroup(value: Json | undefined): value is JsonObject {
  return isJsonObject(value)
}

/** What is neither `never` nor `always` could only come from a Program that nobody checked: then a person is asked. */
function isAlways(value: Json | undefined): boolean {
  return !(value === undefined || value === false || value === 'never')
}

/** What the tool requires and the arguments lack; `null` when they have it all. */
export function missingArguments(
  { parameters }: Pick<McpToolDefinition, 'parameters'>,
  args: JsonObject,
): string | null {
  const required = isJsonObject(parameters) ? parameters['required'] : undefined
  if (!isJsonArray(required)) return null
  const missing = required.filter((name) => typeof name === 'string' && !Object.hasOwn(args, name))
  if (missing.length === 0) return null
  return `required arguments are missing: ${missing.map((name) => JSON.stringify(name)).join(', ')}`
}
