/** The writable side of a RunState, for the fold alone: everybody else sees it read-only. */
import { invariant } from '../../util/invariant.ts'
import type { Item } from './item.ts'
import { frameKey } from './run-state.ts'
import type { CallState, FrameState, RequestState, RunState, StickyDecision } from './run-state.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
export type MutableFrame = Omit<Mutable<FrameState>, 'calls' | 'items' | 'unsent' | 'tool_users'> & {
  calls: Mutable<CallState>[]
  items: Item[]
  unsent: Item[]
  tool_users: Set<string>
}
export type MutableState = Omit<
  Mutable<RunState>,
  'frames' | 'requests' | 'sticky' | 'attempts' | 'accepted_drift'
> & {
  accepted_drift: Set<string>
  frames: Map<string, MutableFrame>
  requests: Map<number, Mutable<RequestState>>
  sticky: Map<string, StickyDecision>
  attempts: { run: number; by_agent: Map<string, number> }
}

export function newFrame(
  given: Pick<FrameState, 'path' | 'agent' | 'max_turns'>,
  input: readonly Item[],
): MutableFrame {
  return {
    ...given,
    turn: 0,
    items: [...input],
    input_items: input.length,
    unmerged: false,
    merged: null,
    unsent: [...input],
    answered: { response_id: null, before: null, discarded: null },
    response: null,
    calls: [],
    ambiguous_call: null,
    settled: true,
    handoff: null,
    staged: [],
    unjudged: input,
    tripped: [],
    disabled: new Set(),
    mcp_tools: [],
    instructions: null,
    view: null,
    tool_users: new Set(),
  }
}

export function root(state: MutableState): MutableFrame {
  return frameOf(state, {})
}

export function frameOf(state: MutableState, event: { readonly path?: readonly string[] }): MutableFrame {
  const frame = state.frames.get(frameKey(event.path ?? []))
  invariant(frame !== undefined, 'an event belongs to a frame')
  return frame
}

export function callOf(
  state: MutableState,
  event: { readonly path?: readonly string[]; readonly call_id: string },
): Mutable<CallState> {
  const call = findCall(state, event.path ?? [], event.call_id)
  invariant(call !== undefined, `call ${event.call_id} is part of the current turn`)
  return call
}

export function findCall(
  state: MutableState,
  path: readonly string[],
  id: string,
): Mutable<CallState> | undefined {
  return state.frames.get(frameKey(path))?.calls.find((call) => call.call_id === id)
}

/** The one place that trades the read-only view for the writable one: a state belongs to the fold. */
export function mutable(state: RunState): MutableState {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same object, with `readonly` taken off
  return state as unknown as MutableState
}
