/** The arguments a model meant, where strict mode made it write nulls for properties it left out. */
import type { JsonSchema } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import type { McpServers } from '../mcp/mcp-servers.ts'
import type { RunContext } from './run-context.ts'
import type { EventPayloads } from '../state/events.ts'
import { isFunctionCall } from '../state/item.ts'
import type { FunctionCallItem, Item } from '../state/item.ts'
import type { FrameState } from '../state/run-state.ts'
import type { CalledMcpTool } from '../state/mcp-tools.ts'
import { resolveCall } from '../tools/resolve-call.ts'

type Restored = NonNullable<EventPayloads['model.responded']['restored']>

/** Journaled with the response, so that what is shown, digested and run never depends on how it was found. */
export function restoredArguments(
  run: Pick<RunContext, 'spec' | 'mcp'>,
  frame: FrameState,
  items: readonly Item[],
): { readonly restored?: Restored } {
  const restored = items.flatMap((item) => (isFunctionCall(item) ? restoredCall(run, frame, item) : []))
  return restored.length === 0 ? {} : { restored }
}

function restoredCall(
  { spec: { program, strict }, mcp }: Pick<RunContext, 'spec' | 'mcp'>,
  frame: FrameState,
  { call_id, name, arguments: written }: FunctionCallItem,
): Restored {
  if (!written.includes('null')) return []
  const called = {
    form: 'function_call',
    agent: frame.agent,
    name,
    disabled: frame.disabled,
    mcp: offeredBy(mcp, frame, name),
  } as const
  const schema = strictParameters(resolveCall(program, called))
  const form = schema === null ? null : strict(schema)
  const parsed = form === null ? null : parseStrictJson(written)
  if (form === null || parsed === null || !parsed.ok) return []
  const value = form.restore(parsed.value)
  return value === parsed.value || !isJsonObject(value) ? [] : [{ call_id, arguments: value }]
}

/** A tool of an MCP server with the schema it was offered with. */
function offeredBy(mcp: McpServers, frame: FrameState, name: string): CalledMcpTool | null {
  const offered = frame.mcp_tools.find((tool) => tool.name === name)
  if (offered === undefined) return null
  const parameters = mcp.known(offered.server, offered.tool)?.parameters
  return parameters === undefined ? offered : { ...offered, parameters }
}

/** The schema that was offered in strict mode, as the author wrote it. */
function strictParameters(resolved: ReturnType<typeof resolveCall>): JsonSchema | null {
  if (resolved.kind === 'handoff') return resolved.handoff.input_schema ?? null
  if (resolved.kind !== 'tool' || !('parameters' in resolved.tool)) return null
  return resolved.tool.strict ? resolved.tool.parameters : null
}
