/** The servers of a run by name: what they list, or why the run cannot go on without them. */
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { invariant } from '../../util/invariant.ts'
import { RunFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { McpConnected, McpListing, McpTool } from './mcp-servers.ts'
import { createServerConnection } from './server-connection.ts'
import type { ServerConnection } from './server-connection.ts'

export interface McpServer {
  readonly name: string
  readonly definition: McpServerDefinition
  readonly connection: ServerConnection
  /**
   * What it lists: `now` asks where the list is not kept. Nothing where it cannot be reached and need not be.
   *
   * @throws RunFailure `mcp_connection_failed`
   */
  readonly tools: (when: 'now' | 'known', signal: AbortSignal) => Promise<readonly McpTool[]>
}

export interface ServerSet {
  readonly get: (name: string) => McpServer
  /** Those that were asked for. */
  readonly all: () => readonly McpServer[]
  readonly connected: McpConnected[]
  readonly listings: McpListing[]
}

export function createServerSet(spec: LinkedSpec, warn: (message: string) => void): ServerSet {
  const servers = new Map<string, McpServer>()
  const connected: McpConnected[] = []
  const listings: McpListing[] = []
  const open = (name: string): McpServer => {
    const definition = spec.program.mcp_servers[name]
    invariant(definition !== undefined, `server ${name} is part of the Program`)
    const onConnected = (one: McpConnected): void => void connected.push(one)
    const onListed = (one: McpListing): void => void listings.push(one)
    const order = { name, definition, surroundings: spec, onConnected, onListed }
    const connection = spec.serverConnection(order, createServerConnection)
    return { name, definition, connection, tools: reachable(spec, { name, definition, connection }, warn) }
  }
  return {
    get(name) {
      const server = servers.get(name) ?? open(name)
      servers.set(name, server)
      return server
    },
    all: () => [...servers.values()],
    connected,
    listings,
  }
}

function reachable(
  spec: LinkedSpec,
  { name, definition, connection }: Omit<McpServer, 'tools'>,
  warn: (message: string) => void,
): McpServer['tools'] {
  let isDropped = false
  return async (when, signal) => {
    if (isDropped) return []
    try {
      return await connection.tools(when, signal)
    } catch (error) {
      signal.throwIfAborted()
      const message = `MCP server ${name} cannot be used: ${connection.explain(error)}`
      if (definition.required) throw connectionFailure(spec, message, error)
      isDropped = true
      connection.drop()
      warn(`${message}; the run goes on without it`)
      return []
    }
  }
}

export function connectionFailure({ redactor }: LinkedSpec, message: string, cause: unknown): RunFailure {
  return new RunFailure({ code: 'mcp_connection_failed', message: redactor.text(message) }, { cause })
}
