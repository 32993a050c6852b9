/** Items that only the Responses API has, in the words that every other API has a counterpart for. */
import type { Json } from '../../util/json.ts'
import { readCall } from '../state/call-item.ts'
import type { Item } from '../state/item.ts'
import type { FunctionSpec, ModelRequest, NativeTool } from './model.ts'

/**
 * Calls of shells and patches become calls of functions, and so do their outputs. What the tools of hosted MCP servers did
 * for another model is left out: what came of it is in its messages.
 */
export function plainItems({ items, functions }: Pick<ModelRequest, 'items' | 'functions'>): readonly Item[] {
  if (!items.some(({ type }) => SPECIAL.has(type))) return items
  return items.flatMap((item) => (SPECIAL.has(item['type']) ? plainItem(item, functions) : [item]))
}

const SPECIAL: ReadonlySet<Json | undefined> = new Set([
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_list_tools',
  'mcp_call',
  'mcp_approval_request',
  'mcp_approval_response',
])

function plainItem(item: Item, functions: readonly FunctionSpec[]): readonly Item[] {
  const { type } = item
  if (type === 'shell_call' || type === 'apply_patch_call') return plainCall(item, functions)
  if (type !== 'shell_call_output' && type !== 'apply_patch_call_output') return []
  const { call_id: callId = '', output = '' } = item
  const text = typeof output === 'string' ? output : JSON.stringify(output)
  return [{ type: 'function_call_output', call_id: callId, output: text }]
}

function plainCall(item: Item, functions: readonly FunctionSpec[]): readonly Item[] {
  const call = readCall(item)
  if (call === null) return []
  const native: NativeTool = call.form === 'shell_call' ? 'shell' : 'apply_patch'
  const name = functions.find((one) => one.native === native)?.name ?? native
  return [{ type: 'function_call', call_id: call.call_id, name, arguments: call.arguments_text }]
}
