/** The tools whose body is a step of ours, as opposed to a nested run or a call of a server. */
import { copyJson } from '../../util/copy-json.ts'
import type {
  ApplyPatchToolDefinition,
  FunctionToolDefinition,
  HttpToolDefinition,
  McpToolDefinition,
  ShellToolDefinition,
  ToolDefinition,
} from '../../compiler/program.ts'
import { assertNever, invariant } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import type { IsolatedHandler } from '../isolation/isolated-handlers.ts'
import type { Handler, LinkedSpec } from '../link/linked-spec.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import { toolIdentity } from '../approvals/digest.ts'
import type { ElicitationAnswer } from '../state/elicitation.ts'
import type { CallOutput } from '../state/item.ts'
import type { CallState } from '../state/run-state.ts'
import { editFiles, operationsOf } from './apply-patch/edit-files.ts'
import { ErrorOutput } from './error-output.ts'
import { isHosted } from './resolve-call.ts'
import type { ToolContext } from './tool-context.ts'
import { outputOf } from './tool-output.ts'

export type LocalToolDefinition =
  | FunctionToolDefinition
  | HttpToolDefinition
  | ShellToolDefinition
  | ApplyPatchToolDefinition
  | McpToolDefinition

export function isLocalTool(tool: ToolDefinition): tool is LocalToolDefinition {
  return LOCAL.has(tool.type) && !isHosted(tool)
}

const LOCAL: ReadonlySet<string> = new Set<LocalToolDefinition['type']>([
  'function',
  'http',
  'shell',
  'apply_patch',
  'mcp',
])

/** One call of a local tool, with arguments that fit it. */
export interface LocalCall {
  readonly call: Pick<CallState, 'form'>
  /** The key of the tool in the Program. */
  readonly key: string
  readonly tool: LocalToolDefinition
  readonly arguments: JsonObject
  /** What people answered to its server. */
  readonly answers: readonly ElicitationAnswer[]
}

/** Readies the body of a tool, before its call counts as started. Errors are RunFailures: they end the run as it is. */
export async function prepareBody(
  spec: LinkedSpec,
  { key, tool }: Pick<LocalCall, 'key' | 'tool'>,
): Promise<void> {
  if (spec.double(key) !== undefined) return
  if (tool.type === 'function') await handlerOf(spec, tool)
}

function handlerOf(
  spec: LinkedSpec,
  { handler, isolation }: FunctionToolDefinition,
): Promise<IsolatedHandler | Handler> {
  return isolation === 'worker' ? spec.isolatedHandler(handler) : spec.handler(handler)
}

/** Runs the body. What it throws is told to the model. */
export async function callBody(
  { spec, mcp }: { readonly spec: LinkedSpec; readonly mcp: McpServers },
  call: LocalCall,
  ctx: ToolContext,
): Promise<CallOutput | ErrorOutput> {
  const { tool } = call
  const args = copyJson(call.arguments)
  const double = spec.double(call.key)
  if (double !== undefined) return outputOf(await double(args, ctx))
  switch (tool.type) {
    case 'function': {
      const handler = await handlerOf(spec, tool)
      return outputOf(await handler(args, ctx))
    }
    case 'http': {
      const { callHttp } = await import('./http/call-http.ts')
      return outputOf(
        await callHttp(tool, await spec.request(call.key, { args, context: ctx.context }), ctx.signal),
      )
    }
    case 'shell': {
      const { runShell } = await import('./shell/run-shell.ts')
      const outcomes = await runShell(tool, args, { variables: spec.variables, signal: ctx.signal })
      const parts = outcomes.map((outcome) => ({ ...outcome, outcome: { ...outcome.outcome } }))
      return call.call.form === 'shell_call' ? parts : JSON.stringify(parts)
    }
    case 'apply_patch': {
      const operations = operationsOf(args)
      invariant(operations !== null && tool.folder !== undefined, 'the arguments fit, and the tool is linked')
      return editFiles(tool.folder, operations)
    }
    case 'mcp': {
      const identity = toolIdentity(spec.program, tool, tool.name)
      const answers = call.answers.filter((answer) => answer.tool_identity === identity)
      const value = await mcp.call({ server: tool.server, tool: tool.name, arguments: args, answers }, ctx)
      return value instanceof ErrorOutput ? value : outputOf(value)
    }
    default:
      return assertNever(tool)
  }
}
