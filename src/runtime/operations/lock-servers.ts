/** What the tools of a spec's MCP servers are now, as a lock. */
import type { LockedServer, SpecLock } from '../../compiler/lock/spec-lock.ts'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { describeTool } from '../lock/describe-tool.ts'
import type { McpConnected, McpTool } from '../mcp/mcp-servers.ts'
import { createServerConnection } from '../mcp/server-connection.ts'
import { connectionFailure } from '../mcp/server-set.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** Of what a server calls itself. */
const LONGEST_NAME = 256

/**
 * Connects to every server that agents use, in parallel, those that are not required too, and ends them again. Tools that
 * the spec's filters leave out are locked with the others.
 *
 * @throws RunFailure `mcp_connection_failed`; UsageFailure as when a run is started
 */
export async function lockServers(
  ports: Pick<RuntimePorts, 'linker'>,
  compiled: CompiledSpec,
): Promise<SpecLock> {
  const spec = await ports.linker.link(compiled)
  const { program } = spec
  const used = new Set(Object.values(program.agents).flatMap((agent) => agent.mcp_servers))
  const definitions = Object.entries(program.mcp_servers).filter(([name]) => used.has(name))
  const locked = definitions.map(
    async ([name, definition]) => [name, await lockServer(spec, name, definition)] as const,
  )
  // Every process has ended before the first failure is told.
  await Promise.allSettled(locked)
  return { schema_version: 1, servers: Object.fromEntries(await Promise.all(locked)) }
}

async function lockServer(
  spec: LinkedSpec,
  name: string,
  { resources: _ours, ...definition }: McpServerDefinition,
): Promise<LockedServer> {
  let connected: McpConnected | null = null
  const connection = createServerConnection({
    name,
    definition: { ...definition, resources: { expose: false } },
    surroundings: spec,
    onConnected: (one) => void (connected = one),
    onListed: () => {},
  })
  try {
    const tools = await connection.tools('now', new AbortController().signal)
    return { ...identityOf(spec, connected), tools: lockedTools(spec, tools) }
  } catch (error) {
    throw connectionFailure(spec, `MCP server ${name} cannot be locked: ${connection.explain(error)}`, error)
  } finally {
    await connection.close()
  }
}

function lockedTools({ redactor }: LinkedSpec, tools: readonly McpTool[]): LockedServer['tools'] {
  return Object.fromEntries(
    tools.map((listed) => {
      const { tool, now } = describeTool(listed, redactor)
      return [tool, now]
    }),
  )
}

function identityOf(
  { redactor }: LinkedSpec,
  connected: McpConnected | null,
): Pick<LockedServer, 'name' | 'version' | 'protocol'> {
  const text = (said: string | undefined): string =>
    wellFormedJson(redactor.text(said ?? '')).slice(0, LONGEST_NAME)
  return {
    name: text(connected?.name),
    version: text(connected?.version),
    protocol: connected?.protocol ?? null,
  }
}
