/** History items: OpenAI Responses API items, verbatim. Other providers are converted at their border. */
import type { JsonObject } from '../../util/json.ts'

/** One entry of a history. `type` is absent only on the API's short form `{ role, content }` of a message. */
export type Item = JsonObject

/** A `function_call` item of the Responses API. */
export interface FunctionCallItem extends JsonObject {
  readonly type: 'function_call'
  readonly call_id: string
  readonly name: string
  /** JSON text, as the model wrote it. */
  readonly arguments: string
}

export function isFunctionCall(item: Item): item is FunctionCallItem {
  return item['type'] === 'function_call'
}

/** The output of a call, as the model sees it: text or content parts (`input_text`, `input_image`, `input_file`). */
export type CallOutput = string | readonly JsonObject[]

export function userMessage(text: string): Item {
  return { type: 'message', role: 'user', content: text }
}
