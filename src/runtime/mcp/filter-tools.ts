/** Which of a server's tools an agent gets: by the server's `tool_filter`. What cannot be judged is left out. */
import { matchesToolName } from '../../compiler/lock/matches-tool-name.ts'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { messageOf } from '../../util/message-of.ts'
import type { Handler } from '../link/linked-spec.ts'
import type { McpTool, TurnScope } from './mcp-servers.ts'

export interface FilterPorts {
  readonly handler: (reference: string) => Promise<Handler>
  readonly warn: (message: string) => void
}

/** By original names. A function is asked for every tool in every turn; where it throws, the tool is left out. */
export async function filterTools(
  tools: readonly McpTool[],
  { tool_filter: filter }: Pick<McpServerDefinition, 'tool_filter'>,
  scope: TurnScope,
  ports: FilterPorts,
): Promise<readonly McpTool[]> {
  if (filter === undefined) return tools
  const { handler } = filter
  if (handler === undefined) return tools.filter(({ name }) => isListed(name, { tool_filter: filter }))
  const judge = await ports.handler(handler)
  const verdicts = await Promise.all(
    tools.map((tool) =>
      isGiven(judge, tool, scope).catch((error: unknown) => {
        ports.warn(`tool_filter (${handler}) failed for ${tool.server}/${tool.name}: ${messageOf(error)}`)
        return false
      }),
    ),
  )
  return tools.filter((_, index) => verdicts[index] === true)
}

/** Whether `allow` and `block` leave a tool; a function is not asked. */
export function isListed(
  name: string,
  { tool_filter: filter = {} }: Pick<McpServerDefinition, 'tool_filter'>,
): boolean {
  const { allow, block = [] } = filter
  return (
    (allow === undefined || allow.some((pattern) => matchesToolName(pattern, name))) &&
    !block.some((pattern) => matchesToolName(pattern, name))
  )
}

async function isGiven(
  judge: Handler,
  { server, name, description, parameters, annotations }: McpTool,
  scope: TurnScope,
): Promise<boolean> {
  const tool = structuredClone({ name, description, input_schema: parameters, annotations })
  return (await judge(tool, { ...structuredClone(scope), server, tool: name })) === true
}
