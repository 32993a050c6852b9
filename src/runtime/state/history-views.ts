/** What a model is sent in the place of a history: as a handoff left it, or as the spec merged it with new input. */
import type { Item } from './item.ts'

/** The history of a frame as a handoff left it for the next agent; what follows is added to it. */
export interface HandoffView {
  /** In the place of the session's items and the input. */
  readonly input_history: readonly Item[]
  /** In the place of everything since, the turn that handed over included. */
  readonly items: readonly Item[]
}

/** What `session.input_callback` made of the history of the session and the input. */
export interface MergedInput {
  /** What the model is sent in the place of both: an item of the history by its place in it, any other as it is. */
  readonly view: readonly (number | Item)[]
  /** The places in `view` of what is new: the input from here on, and what the session keeps of it. */
  readonly input: readonly number[]
}
