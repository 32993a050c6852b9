/** The arguments a model meant, where strict mode made it write nulls for properties it left out. */
import type { JsonSchema } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { EventPayloads } from '../state/events.ts'
import { isFunctionCall } from '../state/item.ts'
import type { FunctionCallItem, Item } from '../state/item.ts'
import type { FrameState } from '../state/run-state.ts'
import { resolveCall } from '../tools/resolve-call.ts'

type Restored = NonNullable<EventPayloads['model.responded']['restored']>

/** Journaled with the response, so that what is shown, digested and run never depends on how it was found. */
export function restoredArguments(
  spec: Pick<LinkedSpec, 'program' | 'strict'>,
  frame: FrameState,
  items: readonly Item[],
): { readonly restored?: Restored } {
  const restored = items.flatMap((item) => (isFunctionCall(item) ? restoredCall(spec, frame, item) : []))
  return restored.length === 0 ? {} : { restored }
}

function restoredCall(
  { program, strict }: Pick<LinkedSpec, 'program' | 'strict'>,
  frame: FrameState,
  { call_id, name, arguments: written }: FunctionCallItem,
): Restored {
  if (!written.includes('null')) return []
  const called = {
    form: 'function_call',
    agent: frame.agent,
    name,
    disabled: frame.disabled,
  } as const
  const schema = strictParameters(resolveCall(program, called))
  const form = schema === null ? null : strict(schema)
  const parsed = form === null ? null : parseStrictJson(written)
  if (form === null || parsed === null || !parsed.ok) return []
  const value = form.restore(parsed.value)
  return value === parsed.value || !isJsonObject(value) ? [] : [{ call_id, arguments: value }]
}

/** The schema that was offered in strict mode, as the author wrote it. */
function strictParameters(resolved: ReturnType<typeof resolveCall>): JsonSchema | null {
  if (resolved.kind === 'handoff') return resolved.handoff.input_schema ?? null
  if (resolved.kind !== 'tool' || !('parameters' in resolved.tool)) return null
  return resolved.tool.strict ? resolved.tool.parameters : null
}
