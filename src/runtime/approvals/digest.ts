/**
 * What an approval binds to: the identity of a tool (its definition and the code that would run), and the digest of one
 * call of it. If any part differs when the run goes on, a decision does not apply.
 */
import { moduleClosure } from '../../compiler/module-closure.ts'
import type { Program, ToolDefinition } from '../../compiler/program.ts'
import type { Elicitation } from '../state/elicitation.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { hashJson, sha256 } from '../../util/sha256.ts'

/**
 * The hash of a tool's definition: type, name, description, schema, and the source of every module its handler reaches; of
 * a tool of an MCP server what the server says of it, and where that is; of a request as written, and where it goes; of commands and patches, in which folder; of a tool of a hosted server, which one
 * of which server. Never headers: they may hold secrets, and change with them.
 *
 * @param called What the model called it: for a tool of a server, `server/tool`.
 */
export function toolIdentity(program: Program, tool: ToolDefinition, called: string): string {
  if (tool.type === 'agent') {
    const { type, name, description, parameters, agent, input, include_input_schema, output } = tool
    return hashJson({ type, name, description, parameters, agent, input, include_input_schema, output })
  }
  if (tool.type === 'http') {
    const { type, name, description, parameters, method, url, query, body, allow_private_addresses, origin } =
      tool
    const request = { method, url, query, body, allow_private_addresses, origin }
    return hashJson({ type, name, description, parameters, ...request })
  }
  if (tool.type === 'shell' && !('settings' in tool)) {
    const { type, name, description, parameters, folder, env, timeout, max_output_length } = tool
    return hashJson({ type, name, description, parameters, folder, env, timeout, max_output_length })
  }
  if (tool.type === 'apply_patch') {
    const { type, name, description, folder } = tool
    return hashJson({ type, name, description, folder })
  }
  if (tool.type === 'hosted_mcp') return hostedIdentity(tool.settings, called)
  if (tool.type === 'mcp') {
    const { type, server, name, definition, origin } = tool
    return hashJson({ type, server, name, definition, origin })
  }
  if (tool.type !== 'function') {
    return hashJson({
      type: tool.type,
      name: tool.name,
      description: tool.description,
      settings: tool.settings,
    })
  }
  return hashJson({
    type: tool.type,
    name: tool.name,
    description: tool.description,
    parameters: tool.parameters,
    handler: tool.handler,
    modules: moduleHashes(program, tool.handler),
  })
}

function hostedIdentity(settings: JsonObject, called: string): string {
  const { server_label, server_url, connector_id } = settings
  const origin =
    typeof server_url === 'string' && URL.canParse(server_url) ? new URL(server_url).origin : null
  return hashJson({ type: 'hosted_mcp', server_label, origin, connector_id, called })
}

/** The modules a handler reaches by relative imports, each with the hash of its source. */
function moduleHashes(program: Program, handler: string): Record<string, string> {
  const closure = [...moduleClosure(program, handler)]
  return Object.fromEntries(closure.map(([path, { source }]) => [path, sha256(source)]))
}

export interface CallIdentity {
  readonly path: readonly string[]
  readonly turn: number
  readonly call_id: string
  readonly kind: string
  readonly agent: string
  readonly tool_identity: string
  readonly arguments: Json
  /** What a server asks during it. */
  readonly elicitation?: Elicitation
}

/** The digest of one call as it is shown to a person. */
export function callDigest(call: CallIdentity): string {
  return hashJson({
    path: call.path,
    turn: call.turn,
    call_id: call.call_id,
    kind: call.kind,
    agent: call.agent,
    tool_identity: call.tool_identity,
    arguments: call.arguments,
    ...(call.elicitation === undefined ? {} : { elicitation: call.elicitation }),
  })
}
