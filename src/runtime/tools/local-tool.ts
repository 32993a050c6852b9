/** The tools whose body is a step of ours, as opposed to a nested run or a call of a server. */
import type {
  FunctionToolDefinition,
  HttpToolDefinition,
  ToolDefinition,
  McpToolDefinition,
} from '../../compiler/program.ts'
import { assertNever } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import type { IsolatedHandler } from '../isolation/isolated-handlers.ts'
import type { Handler, LinkedSpec } from '../link/linked-spec.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import type { ToolContext } from './tool-context.ts'

export type LocalToolDefinition = FunctionToolDefinition | HttpToolDefinition | McpToolDefinition

export function isLocalTool(tool: ToolDefinition): tool is LocalToolDefinition {
  return tool.type === 'function' || tool.type === 'http' || tool.type === 'mcp'
}

/** One call of a local tool, with arguments that fit its schema. */
export interface LocalCall {
  /** The key of the tool in the Program. */
  readonly key: string
  readonly tool: LocalToolDefinition
  readonly arguments: JsonObject
}

/** Readies the body of a tool, before its call counts as started. Errors are RunFailures: they end the run as it is. */
export async function prepareBody(spec: LinkedSpec, tool: LocalToolDefinition): Promise<void> {
  if (tool.type === 'function') await handlerOf(spec, tool)
}

function handlerOf(
  spec: LinkedSpec,
  { handler, isolation }: FunctionToolDefinition,
): Promise<IsolatedHandler | Handler> {
  return isolation === 'worker' ? spec.isolatedHandler(handler) : spec.handler(handler)
}

/** Runs the body: what it gives is what `outputOf` takes, what it throws is told to the model. */
export async function callBody(
  { spec, mcp }: { readonly spec: LinkedSpec; readonly mcp: McpServers },
  call: LocalCall,
  ctx: ToolContext,
): Promise<unknown> {
  const { tool } = call
  const args = structuredClone(call.arguments)
  switch (tool.type) {
    case 'function': {
      const handler = await handlerOf(spec, tool)
      return handler(args, ctx)
    }
    case 'http': {
      const { callHttp } = await import('./http/call-http.ts')
      return callHttp(tool, await spec.request(call.key, { args, context: ctx.context }), ctx.signal)
    }
    case 'mcp':
      return mcp.call({ server: tool.server, tool: tool.name, arguments: args }, ctx)
    default:
      return assertNever(tool)
  }
}
