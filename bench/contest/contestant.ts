/** What the comparison asks of every library. The model's name says which script the server plays (see script.ts). */

/** Where a contestant finds the server, and a folder of its own that goes away. */
export interface Arena {
  readonly baseUrl: string
  readonly apiKey: string
  readonly folder: string
}

/** A pause as text, and how to read it back. */
export interface Paused {
  /** Bytes of the items the model has seen and said. */
  readonly historyBytes: number
  save(): Promise<string>
  load(text: string): Promise<void>
}

/** One library, set up as its documentation says. What is absent it cannot do. */
export interface Contestant {
  /** One run without streaming; its final text. */
  run(model: string): Promise<string>
  /** One streamed run; `onText` hears every piece of text as soon as the library hands it out. */
  stream?(model: string, onText: (text: string) => void): Promise<void>
  /** Fills a session with so many items; what it returns adds one more turn. */
  session?(items: number): Promise<(model: string) => Promise<string>>
  /** Runs until a person is asked. */
  pause?(model: string): Promise<Paused>
  /** Bytes kept durably for one run. */
  storedBytes?(model: string): Promise<number>
  close(): Promise<void>
}

export type CreateContestant = (arena: Arena) => Promise<Contestant>

export const INSTRUCTIONS =
  'You look orders up with the tool you have, one after the other, and then say that you are done.'
export const QUESTION = 'Where are my orders?'
export const TOOL = 'look_up'
export const TOOL_DESCRIPTION = 'Looks an order up by its id'
/** Asks a person first, wherever a library can. */
export const GUARDED_TOOL = 'cancel_order'
export const GUARDED_DESCRIPTION = 'Cancels an order'

/** The work of the tool: next to nothing, so that what is measured is the library. */
export function lookUp(args: { readonly order_id: number }): string {
  return JSON.stringify({
    order_id: args.order_id,
    status: 'shipped',
    items: ['a', 'b', 'c'],
    note: 'Left with a neighbour',
  })
}
