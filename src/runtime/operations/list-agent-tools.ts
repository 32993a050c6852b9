/** What each agent of a spec would see: its tools, its servers' tools as they are now, and what asks a person first. */
import type { Program, ToolDefinition } from '../../compiler/program.ts'
import { mayAsk } from '../approvals/may-ask.ts'
import type { StaticRule } from '../approvals/may-ask.ts'
import type { JsonObject } from '../../util/json.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { createMcpServers } from '../mcp/lazy-servers.ts'
import { describeTool } from '../lock/describe-tool.ts'
import { driftOf, judgesNothing } from '../lock/drift-judge.ts'
import { runLock } from '../lock/run-lock.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import type { OfferedMcpTool, RunLock } from '../state/mcp-tools.ts'
import { mcpTool, ruleName } from '../tools/mcp-tool.ts'
import { agentOf, toolsOf } from '../tools/resolve-call.ts'
import type { RuntimePorts } from './runtime-ports.ts'

export interface ListedTool {
  /** As the model sees it. */
  readonly name: string
  /** The type of the tool; `mcp` for one of an MCP server. */
  readonly kind: string
  readonly server: string | null
  /** Whether some call of it may ask a person, or be refused. */
  readonly gated: boolean
  readonly rule: StaticRule | null
  /** Of a tool that is not what the lock file has; absent where there is none, or it is the same. */
  readonly drift?: 'added' | 'changed'
}

/**
 * Connects to the servers that agents use, and ends them again. Filters that are functions see the spec's default context.
 *
 * @throws RunFailure `mcp_connection_failed`, `tool_name_collision`; UsageFailure as when a run is started
 */
export async function listAgentTools(
  ports: Pick<RuntimePorts, 'linker' | 'warn'>,
  compiled: CompiledSpec,
): Promise<Readonly<Record<string, readonly ListedTool[]>>> {
  const spec = await ports.linker.link(compiled)
  const { program } = spec
  const lock = compiled.lock ? runLock(compiled.lock) : null
  const mcp = createMcpServers(spec, ports.warn, judgesNothing)
  try {
    const context = program.context.default
    const agents = Object.keys(program.agents).map(async (agent) => {
      const own = toolsOf(program, agentOf(program, agent)).map(([key, tool]) =>
        listed(program, agent, { key, tool, name: tool.name }),
      )
      return [agent, [...own, ...(await serverTools({ spec, mcp, lock }, agent, context))]] as const
    })
    return Object.fromEntries(await Promise.all(agents))
  } finally {
    await mcp.close()
  }
}

interface Listing {
  readonly spec: LinkedSpec
  readonly mcp: McpServers
  readonly lock: RunLock | null
}

async function serverTools(
  listing: Listing,
  agent: string,
  context: JsonObject,
): Promise<readonly ListedTool[]> {
  const { mcp, spec } = listing
  const { program } = spec
  const definition = agentOf(program, agent)
  if (definition.mcp_servers.length === 0) return []
  const scope = { run_id: 'run_tools', agent, session_id: null, context }
  const offered = await mcp.offer(scope, new AbortController().signal)
  return offered.flatMap((one) => {
    const tool = mcpTool(program, definition, one)
    if (tool === null) return []
    return [
      { ...listed(program, agent, { key: one.server, tool, name: one.name }), ...driftKey(listing, one) },
    ]
  })
}

function driftKey(
  { spec, mcp, lock }: Listing,
  { server, tool: name }: OfferedMcpTool,
): Pick<ListedTool, 'drift'> {
  const tool = mcp.known(server, name)
  if (lock === null || tool === null) return {}
  const [drifted] = driftOf(lock, tool, () => describeTool(tool, spec.redactor))
  return drifted === undefined ? {} : { drift: drifted.change }
}

function listed(
  program: Program,
  agent: string,
  { key, tool, name }: { readonly key: string; readonly tool: ToolDefinition; readonly name: string },
): ListedTool {
  const rule = mayAsk(program, { agent, key, tool, name: ruleName(tool) })
  const server = tool.type === 'mcp' ? tool.server : null
  return { name, kind: tool.type, server, gated: rule !== null, rule }
}
