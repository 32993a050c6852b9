/** The history at a handoff, in the three parts that a filter gets (openai-agents names them so). */
import { beginningOf, handoffOutput, turnItems } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { frameAt } from '../state/run-state.ts'
import type { HandoffState } from '../state/run-state.ts'
import type { RunContext } from './run-context.ts'

export interface HandoffData {
  /** The items of the session and the input; after a filtered handoff what that left of them. */
  readonly input_history: readonly Item[]
  /** What came since, up to the turn that hands off. */
  readonly pre_handoff_items: readonly Item[]
  /** The turn that hands off, the answers to its handoff calls included. */
  readonly new_items: readonly Item[]
}

/** As the agent that hands off sees it. */
export function handoffData(run: RunContext, handoff: HandoffState): HandoffData {
  const frame = frameAt(run.writer.state, run.path)
  const { items, input_items: inputs, view } = frame
  const calls = frame.calls.map((call) => ({
    ...call,
    output: call.output ?? handoffOutput(handoff, call.call_id),
  }))
  const new_items = turnItems({ ...frame, calls })
  const before = beginningOf(run.history, frame)
  return view === null
    ? {
        input_history: [...before.items, ...items.slice(before.from, inputs)],
        pre_handoff_items: items.slice(inputs),
        new_items,
      }
    : {
        input_history: view.input_history,
        pre_handoff_items: [...view.items, ...items.slice(view.from)],
        new_items,
      }
}
