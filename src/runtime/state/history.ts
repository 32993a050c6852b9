/** What the model sees of a turn: its items, and the outputs of its calls in call order. */
import { answeredCall, answerItem, callIdOf, withArguments } from './call-item.ts'
import type { Item } from './item.ts'
import type { CallState, FrameState } from './run-state.ts'

/** The current turn of a frame as history items: response, then outputs so far. Edited arguments replace the model's. */
export function turnItems(frame: FrameState): readonly Item[] {
  if (frame.response === null || frame.settled) return []
  const calls = new Map(frame.calls.map((call) => [call.call_id, call]))
  const seen = new Set<string>()
  const items: Item[] = []
  for (const item of frame.response) {
    const callId = callIdOf(item)
    if (callId === null) {
      items.push(item)
      continue
    }
    if (seen.has(callId)) continue
    seen.add(callId)
    items.push(asRun(item, calls.get(callId)))
  }
  for (const call of frame.calls) {
    if (call.output !== null) items.push(answerItem(call, call.output))
  }
  return items
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
    const made = callIdOf(item)
    if (made !== null) waiting.set(made, index)
    const id = answeredCall(item)
    if (id === null) return
    const call = waiting.get(id)
    if (call === undefined) orphanOutputs.add(index)
    else answered.add(call)
    waiting.delete(id)
  })
  const dropped = new Set<number>()
  // From the end, so that reasoning knows what became of the item it led to.
  for (const [index, item] of [...items.entries()].reverse()) {
    const isOrphan = callIdOf(item) !== null ? !answered.has(index) : orphanOutputs.has(index)
    if (isOrphan || (item['type'] === 'reasoning' && dropped.has(index + 1))) dropped.add(index)
  }
  const kept = items.filter((_, index) => !dropped.has(index))
  return kept.length === items.length ? items : kept
}

function asRun(item: Item, call: CallState | undefined): Item {
  if (call === undefined || call.edited_arguments === null) return item
  return withArguments(item, call.edited_arguments)
}
