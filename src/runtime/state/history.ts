/** What the model sees of a turn: its items, and the outputs of its calls in call order. */
import { functionCallOutput, isFunctionCall } from './item.ts'
import type { JsonObject } from '../../util/json.ts'
import type { CallOutput, Item } from './item.ts'
import type { CallState, FrameState } from './run-state.ts'

/** The current turn of a frame as history items: response, then outputs so far. Edited arguments replace the model's. */
export function turnItems(frame: FrameState): readonly Item[] {
  if (frame.response === null || frame.settled) return []
  const calls = new Map(frame.calls.map((call) => [call.call_id, call]))
  const seen = new Set<string>()
  const items: Item[] = []
  for (const item of frame.response) {
    if (!isFunctionCall(item)) {
      items.push(item)
      continue
    }
    if (seen.has(item.call_id)) continue
    seen.add(item.call_id)
    items.push(asRun(item, calls.get(item.call_id)))
  }
  for (const call of frame.calls) {
    if (call.output !== null) items.push(functionCallOutput(call.call_id, call.output))
  }
  return items
}

/**
 * The outputs of a turn for a provider that keeps the conversation. It has the calls as the model made them, so that an
 * output says where a person changed the arguments.
 */
export function unsentOutputs({ calls, response, settled }: FrameState): readonly Item[] {
  if (response === null || settled) return []
  return calls.flatMap(({ call_id, output, edited_arguments: edited }) => {
    if (output === null) return []
    return [functionCallOutput(call_id, edited === null ? output : withNote(editNote(edited), output))]
  })
}

function editNote(edited: JsonObject): string {
  return `[A person changed the arguments of this call before it ran: ${JSON.stringify(edited)}]`
}

function withNote(note: string, output: CallOutput): CallOutput {
  return typeof output === 'string' ? `${note}\n${output}` : [{ type: 'input_text', text: note }, ...output]
}

/** Every item of a frame, the unsettled turn included. */
export function frameItems(frame: FrameState): readonly Item[] {
  return [...frame.items, ...turnItems(frame)]
}

/**
 * Leaves out calls without an output and outputs without a call, which an API refuses, together with the reasoning
 * that led to nothing but a call left out. A call id used again pairs with the output that follows it.
 */
export function withoutOrphans(items: readonly Item[]): readonly Item[] {
  const waiting = new Map<string, number>()
  const answered = new Set<number>()
  const orphanOutputs = new Set<number>()
  items.forEach((item, index) => {
    if (isFunctionCall(item)) waiting.set(item.call_id, index)
    const id = item['call_id']
    if (item['type'] !== 'function_call_output' || typeof id !== 'string') return
    const call = waiting.get(id)
    if (call === undefined) orphanOutputs.add(index)
    else answered.add(call)
    waiting.delete(id)
  })
  const dropped = new Set<number>()
  // From the end, so that reasoning knows what became of the item it led to.
  for (const [index, item] of [...items.entries()].reverse()) {
    const isOrphan = isFunctionCall(item) ? !answered.has(index) : orphanOutputs.has(index)
    if (isOrphan || (item['type'] === 'reasoning' && dropped.has(index + 1))) dropped.add(index)
  }
  const kept = items.filter((_, index) => !dropped.has(index))
  return kept.length === items.length ? items : kept
}

function asRun(item: Item, call: CallState | undefined): Item {
  if (call === undefined || call.edited_arguments === null) return item
  return { ...item, arguments: JSON.stringify(call.edited_arguments) }
}
