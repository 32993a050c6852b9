/** What the two APIs of OpenAI have in common for the code that asks them. */
import type { JsonObject } from '../../../util/json.ts'
import type { ModelEvent, ModelRequest, ModelResponse } from '../model.ts'

export interface OpenAiApi {
  /** Below the base url. */
  readonly path: string
  /** The body of a request, as JSON text. */
  encode(request: ModelRequest, stream: boolean): string
  /** @throws ModelFailure when the answer reports an error, is incomplete or malformed. */
  decode(answer: JsonObject, request: ModelRequest): ModelResponse
  decodeStream(request: ModelRequest): StreamDecoder
}

/** Takes the events of one stream in order. Every method fails with ModelFailure when they make no sense. */
export interface StreamDecoder {
  push(event: JsonObject): readonly ModelEvent[]
  /** The mark that some streams end with, `[DONE]`. */
  done(): void
  /** The connection was lost: is the answer whole without what it may still have carried? */
  isComplete(): boolean
  /** The stream has ended properly. */
  end(): ModelResponse
}
