/** The names under which a model sees the tools of MCP servers: usable, unique, 64 characters at most. */
import { RunFailure } from '../failures.ts'
import { sha256 } from '../../util/sha256.ts'
import type { McpTool } from './mcp-servers.ts'

const LONGEST = 64

export interface NamingRules {
  readonly agent: string
  /** Names of the agent's own tools and handoffs. */
  readonly taken: ReadonlySet<string>
  readonly includeServer: boolean
  readonly onCollision: 'error' | 'prefix'
}

/**
 * A name for each tool, in their order.
 *
 * @throws RunFailure `tool_name_collision`
 */
export function visibleNames(tools: readonly McpTool[], rules: NamingRules): readonly string[] {
  if (rules.includeServer) return prefixed(tools, rules.taken)
  const plain = tools.map((tool) => fitted(ascii(tool.name, 'tool'), tool))
  const uses = Map.groupBy(plain, (name) => name)
  const collides = plain.map((name) => rules.taken.has(name) || (uses.get(name)?.length ?? 0) > 1)
  const colliding = tools.filter((_, index) => collides[index])
  if (colliding.length === 0) return plain
  if (rules.onCollision === 'error') throw collision(colliding, rules)
  const others = new Set([...rules.taken, ...plain.filter((_, index) => !collides[index])])
  const longer = prefixed(colliding, others)
  const renamed = new Map(colliding.map((tool, index) => [tool, longer[index]]))
  return tools.map((tool, index) => renamed.get(tool) ?? plain[index] ?? tool.name)
}

/** `mcp_<server>__<tool>`; what is too long or taken gets a part that depends on the whole name. */
function prefixed(tools: readonly McpTool[], taken: ReadonlySet<string>): readonly string[] {
  const used = new Set(taken)
  return tools.map((tool) => {
    const name = `mcp_${ascii(tool.server, 'server')}__${ascii(tool.name, 'tool')}`
    const fits = name.length <= LONGEST && !used.has(name)
    const chosen = fits ? name : suffixed(name, tool)
    used.add(chosen)
    return chosen
  })
}

function fitted(name: string, tool: McpTool): string {
  return name.length <= LONGEST ? name : suffixed(name, tool)
}

function suffixed(name: string, { server, name: original }: McpTool): string {
  const suffix = `_${sha256(JSON.stringify([server, original]))
    .replace(/^sha256:/, '')
    .slice(0, 8)}`
  return `${name.slice(0, LONGEST - suffix.length)}${suffix}`
}

function ascii(name: string, fallback: string): string {
  const safe = name.replace(/[^a-zA-Z0-9_-]/g, '_')
  return safe.replace(/_/g, '') === '' ? fallback : safe
}

function collision(tools: readonly McpTool[], { agent }: NamingRules): RunFailure {
  const names = tools.map(({ server, name }) => `${server}/${name}`)
  const shown = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names
  return new RunFailure({
    code: 'tool_name_collision',
    message: `Duplicate tool names found across MCP servers and tools of ${agent}: ${shown.join(', ')}. Set mcp_config.include_server_in_tool_names of the agent, or run.tool_name_collision: prefix`,
    agent,
  })
}
