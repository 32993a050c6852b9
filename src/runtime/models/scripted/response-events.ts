/** A finished response as the events a streaming Responses API would have sent for it. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { isFunctionCall } from '../../state/item.ts'
import type { Item } from '../../state/item.ts'
import type { ModelEvent, ModelResponse } from '../model.ts'

const CHUNKS = 3

/** The events before the `response` event: text and arguments in a few pieces, no character split. */
export function* responseEvents(response: ModelResponse): Generator<ModelEvent, void, void> {
  let sequence = 0
  const event = (type: string, data: JsonObject): Json => ({ type, sequence_number: sequence++, ...data })
  const delta = (type: string, data: JsonObject): ModelEvent => ({ type: 'delta', data: event(type, data) })
  const head = { id: response.response_id, object: 'response' }
  const created = event('response.created', { response: { ...head, status: 'in_progress', output: [] } })
  yield { type: 'delta', data: created, preamble: true }
  for (const [output_index, item] of response.items.entries()) {
    yield delta('response.output_item.added', { output_index, item: opened(item) })
    for (const piece of pieces(item)) {
      yield delta(piece.type, { output_index, ...piece.data })
      if (piece.text !== undefined) yield { type: 'text', delta: piece.text }
    }
    yield delta('response.output_item.done', { output_index, item })
  }
  yield delta('response.completed', { response: { ...head, status: 'completed', output: response.items } })
}

function opened(item: Item): Item {
  if (isFunctionCall(item)) return { ...item, status: 'in_progress', arguments: '' }
  return item['type'] === 'message' ? { ...item, status: 'in_progress', content: [] } : item
}

interface Piece {
  readonly type: string
  readonly data: JsonObject
  /** Text of the answer. */
  readonly text?: string
}

function pieces(item: Item): readonly Piece[] {
  if (isFunctionCall(item)) {
    return split(item.arguments).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      data: { delta },
    }))
  }
  const content = item['type'] === 'message' ? item['content'] : undefined
  if (!isJsonArray(content)) return []
  return content.flatMap((part, content_index) => {
    const text = isJsonObject(part) && part['type'] === 'output_text' ? part['text'] : undefined
    if (typeof text !== 'string') return []
    return split(text).map((delta) => ({
      type: 'response.output_text.delta',
      data: { content_index, delta },
      text: delta,
    }))
  })
}

function split(text: string): readonly string[] {
  const characters = Array.from(text)
  const size = Math.ceil(characters.length / CHUNKS)
  const chunks: string[] = []
  for (let from = 0; from < characters.length; from += size) {
    chunks.push(characters.slice(from, from + size).join(''))
  }
  return chunks
}
