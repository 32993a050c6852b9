/** The MCP servers of a run, loaded when first needed. */
import { lazy } from '../../util/lazy.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { DriftJudge } from '../lock/drift-judge.ts'
import type { McpServers } from './mcp-servers.ts'

/** Nothing of MCP is loaded before it is needed, and nothing for a spec without servers. */
export function createMcpServers(
  spec: LinkedSpec,
  warn: (message: string) => void,
  judgeDrift: DriftJudge,
): McpServers {
  let isLoaded = false
  const servers = lazy(async (): Promise<McpServers> => {
    const { openMcpServers } = await import('./open-servers.ts')
    return openMcpServers(spec, warn, judgeDrift)
  })
  const loaded: { now: McpServers | null } = { now: null }
  const load = async (): Promise<McpServers> => {
    isLoaded = true
    loaded.now = await servers()
    return loaded.now
  }
  return {
    offer: async (scope, signal) => (await load()).offer(scope, signal),
    functions: async (agent, offered, signal) =>
      offered.length === 0 ? [] : (await load()).functions(agent, offered, signal),
    tool: async (server, name, signal) => (await load()).tool(server, name, signal),
    known: (server, name) => loaded.now?.known(server, name) ?? null,
    call: async (call, ctx) => (await load()).call(call, ctx),
    prompt: async (prompt, signal) => (await load()).prompt(prompt, signal),
    takeConnected: () => loaded.now?.takeConnected() ?? [],
    takeListings: () => loaded.now?.takeListings() ?? [],
    close: async () => {
      if (isLoaded) await (await servers()).close()
    },
  }
}
