/** The MCP servers of one run, connected in parallel as its agents need them. */
import { setTimeout as wait } from 'node:timers/promises'
import type { McpPromptDefinition } from '../../compiler/program-mcp.ts'
import { messageOf } from '../../util/message-of.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { DriftJudge, Listing } from '../lock/drift-judge.ts'
import type { FunctionSpec } from '../models/model.ts'
import type { OfferedMcpTool } from '../state/mcp-tools.ts'
import { agentOf, toolsOf } from '../tools/resolve-call.ts'
import { callTool } from './call-tool.ts'
import { filterTools, isListed } from './filter-tools.ts'
import type { FilterPorts } from './filter-tools.ts'
import { promptText } from './get-prompt.ts'
import type { McpServers, McpTool, TurnScope } from './mcp-servers.ts'
import { connectionFailure, createServerSet } from './server-set.ts'
import type { McpServer, ServerSet } from './server-set.ts'
import { visibleNames } from './visible-names.ts'

/** Connects nothing yet. */
export function openMcpServers(
  spec: LinkedSpec,
  onWarning: (message: string) => void,
  judgeDrift: DriftJudge,
): McpServers {
  const warn = (message: string): void => onWarning(spec.redactor.text(message))
  const servers = createServerSet(spec, warn)
  const functions = createFunctions(spec)
  const findTool: McpServers['tool'] = async (server, name, signal) => {
    // What a journal from outside says was offered is only its word.
    if (!Object.hasOwn(spec.program.mcp_servers, server)) return null
    const { tools, definition } = servers.get(server)
    if (!isListed(name, definition)) return null
    const listed = await tools('known', signal)
    const found = listed.find((tool) => tool.name === name)
    if (found === undefined) return null
    judgeDrift([{ server, listed, given: [found] }])
    return found
  }
  return {
    async offer(scope, signal) {
      const used = [...new Set(agentOf(spec.program, scope.agent).mcp_servers)].map(servers.get)
      const ports = { handler: spec.handler, warn }
      const listings = await Promise.all(used.map((server) => listingOf(server, scope, ports, signal)))
      judgeDrift(listings)
      const given = listings.flatMap((listing) => listing.given)
      return namedTools(spec, scope, given)
    },
    async functions(agent, offered, signal) {
      const tools = await Promise.all(offered.map((one) => findTool(one.server, one.tool, signal)))
      return offered.flatMap(({ name }, index) => {
        const tool = tools[index] ?? null
        return tool === null ? [] : [functions(agent, name, tool)]
      })
    },
    tool: findTool,
    known: (server, name) =>
      servers
        .get(server)
        .connection.lastTools()
        .find((tool) => tool.name === name) ?? null,
    call(call, ctx) {
      const { definition, connection } = servers.get(call.server)
      const sleep = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal })
      return callTool({ spec, definition, connection, sleep }, call, ctx)
    },
    prompt: (prompt, signal) => getPrompt(spec, servers, prompt, signal),
    takeConnected: () => servers.connected.splice(0),
    takeListings: () => servers.listings.splice(0),
    async close() {
      await Promise.all(servers.all().map(({ connection }) => connection.close()))
    },
  }
}

async function listingOf(
  { name, definition, tools }: McpServer,
  scope: TurnScope,
  ports: FilterPorts,
  signal: AbortSignal,
): Promise<Listing> {
  const listed = await tools('now', signal)
  return { server: name, listed, given: await filterTools(listed, definition, scope, ports) }
}

async function getPrompt(
  spec: LinkedSpec,
  servers: ServerSet,
  prompt: McpPromptDefinition,
  signal: AbortSignal,
): Promise<string> {
  const { connection, definition } = servers.get(prompt.server)
  try {
    const { timeout } = definition
    return await connection.use((client) => promptText(client, prompt, { signal, timeout }), signal)
  } catch (error) {
    signal.throwIfAborted()
    const what = `prompt ${JSON.stringify(prompt.name)} of MCP server ${prompt.server}`
    throw connectionFailure(spec, `The ${what} cannot be had: ${messageOf(error)}`, error)
  }
}

function namedTools(
  spec: LinkedSpec,
  { agent: name }: TurnScope,
  tools: readonly McpTool[],
): readonly OfferedMcpTool[] {
  const agent = agentOf(spec.program, name)
  const own = toolsOf(spec.program, agent).map(([, tool]) => tool.name)
  const names = visibleNames(tools, {
    agent: name,
    taken: new Set([...own, ...agent.handoffs.map((handoff) => handoff.tool_name)]),
    includeServer: agent.mcp_config.include_server_in_tool_names ?? false,
    onCollision: spec.program.run.tool_name_collision,
  })
  return tools.map((tool, index) => ({
    name: names[index] ?? tool.name,
    server: tool.server,
    tool: tool.name,
    definition: tool.definition,
  }))
}

/** The same object for the same function, as long as the run is driven: models keep what they make of it. */
function createFunctions(spec: LinkedSpec): (agent: string, name: string, tool: McpTool) => FunctionSpec {
  const kept = new Map<string, FunctionSpec>()
  return (agent, name, tool) => {
    const strict = agentOf(spec.program, agent).mcp_config.convert_schemas_to_strict ?? false
    const id = JSON.stringify([name, tool.server, tool.definition, strict])
    const known = kept.get(id)
    if (known !== undefined) return known
    const { redactor } = spec
    const description = redactor.text(tool.description)
    const wanted = { name, description, parameters: redactor.json(tool.parameters), strict }
    const made = spec.offered(wanted, wanted)
    kept.set(id, made)
    return made
  }
}
