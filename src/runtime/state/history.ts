/** What the model sees of a turn: its items, and the outputs of its calls in call order. */
import {
  answeredIdOf,
  answerItem,
  answerKey,
  answerTypeOf,
  callIdOf,
  callKey,
  withArguments,
} from './call-item.ts'
import type { CallForm } from './call-item.ts'
import type { JsonObject } from '../../util/json.ts'
import type { CallOutput, Item } from './item.ts'
import type { CallState, FrameState, HandoffState } from './run-state.ts'

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

/**
 * The outputs of a turn for a provider that keeps the conversation. It has the calls as the model made them, so that an
 * output says where a person changed the arguments.
 */
export function unsentOutputs({ calls, response, settled }: FrameState): readonly Item[] {
  if (response === null || settled) return []
  return calls.flatMap((call) => {
    const { output, edited_arguments: edited } = call
    if (output === null) return []
    return [answerItem(call, edited === null ? output : withNote(call.form, editNote(edited), output))]
  })
}

function editNote(edited: JsonObject): string {
  return `[A person changed the arguments of this call before it ran: ${JSON.stringify(edited)}]`
}

function withNote(form: CallForm, note: string, output: CallOutput): CallOutput {
  if (typeof output === 'string') return `${note}\n${output}`
  const ended = { type: 'exit', exit_code: 0 }
  const part: JsonObject =
    form === 'shell_call' ? { stdout: note, stderr: '', outcome: ended } : { type: 'input_text', text: note }
  return [part, ...output]
}

/** Every item of a frame, the unsettled turn included. */
export function frameItems(frame: FrameState): readonly Item[] {
  return [...frame.items, ...turnItems(frame)]
}

/** What the session of a run keeps of its outer frame: nothing before the input is what it stays. */
export function keptItems(frame: FrameState): readonly Item[] {
  return frame.unmerged ? [] : frame.items
}

/**
 * What the model is sent before the items of the run that follow the first `from`: the history of its session, or what
 * `session.input_callback` made of it. A history that is gone meanwhile leaves gaps.
 */
export function beginningOf(
  history: readonly Item[],
  { merged }: FrameState,
): { readonly items: readonly Item[]; readonly from: number } {
  if (merged === null) return { items: history, from: 0 }
  const items = merged.view.map((entry) => (typeof entry === 'number' ? history[entry] : entry))
  return { items: items.filter((item) => item !== undefined), from: merged.from }
}

/**
 * Leaves out calls without an output and outputs without a call, which an API refuses, together with the reasoning
 * that led to nothing but a call left out. A call id used again pairs with the output that follows it.
 */
export function withoutOrphans(items: readonly Item[]): readonly Item[] {
  if (!hasOrphans(items)) return items
  const dropped = orphansOf(items)
  return items.filter((_, index) => !dropped.has(index))
}

/** Asked at every turn of the whole history, so it makes no keys. True also for a call id used twice before its output. */
function hasOrphans(items: readonly Item[]): boolean {
  const waiting = new Map<string, string>()
  for (const item of items) {
    const answer = answerTypeOf(item)
    if (answer !== undefined) {
      const id = callIdOf(item)
      if (id === null || waiting.has(id)) return true
      waiting.set(id, answer)
      continue
    }
    const id = answeredIdOf(item)
    if (id === null) continue
    if (waiting.get(id) !== item['type']) return true
    waiting.delete(id)
  }
  return waiting.size > 0
}

/** The places of what `withoutOrphans` leaves out. */
export function orphansOf(items: readonly Item[]): ReadonlySet<number> {
  const pairs = pairsOf(items)
  const answered = new Set(pairs.values())
  const dropped = new Set<number>()
  // From the end, so that reasoning knows what became of the item it led to.
  for (const [index, item] of [...items.entries()].reverse()) {
    const isCall = callKey(item) !== null
    const isOrphan = isCall ? !answered.has(index) : answerKey(item) !== null && !pairs.has(index)
    if (isOrphan || (item['type'] === 'reasoning' && dropped.has(index + 1))) dropped.add(index)
  }
  return dropped
}

/** The place of the call of each output, by the place of the output. */
export function pairsOf(items: readonly Item[]): ReadonlyMap<number, number> {
  const waiting = new Map<string, number>()
  const pairs = new Map<number, number>()
  items.forEach((item, index) => {
    const made = callKey(item)
    if (made !== null) waiting.set(made, index)
    const key = answerKey(item)
    const call = key === null ? undefined : waiting.get(key)
    if (key === null || call === undefined) return
    pairs.set(index, call)
    waiting.delete(key)
  })
  return pairs
}

/** What the calls of a handoff are answered with; `null` for other calls. The words for a second one are openai-agents'. */
export function handoffOutput({ to, call_id, ignored }: HandoffState, callId: string): string | null {
  if (callId === call_id) return JSON.stringify({ assistant: to })
  return ignored.includes(callId) ? 'Multiple handoffs detected, ignoring this one.' : null
}

function asRun(item: Item, call: CallState | undefined): Item {
  if (call === undefined || call.edited_arguments === null) return item
  return withArguments(item, call.edited_arguments)
}
