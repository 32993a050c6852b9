/** `POST /responses/compact`: a conversation as what people said in it, and one item that stands for the rest. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import type { CompactionRequest, CompactionResponse } from '../model.ts'
import { reportedUsage } from '../reported-usage.ts'
import { malformedFailure } from './failures.ts'
import { createRequestBody } from './request-body.ts'
import { createInputEncoder } from './responses-input.ts'

/** The body of a request, as JSON text. */
export function compactionBody(model: string, { history, settings }: CompactionRequest): string {
  const body = createRequestBody({})
  body.put('model', model)
  if ('previous_response_id' in history) body.put('previous_response_id', history.previous_response_id)
  else body.putList('input', createInputEncoder()({ items: history.items, settings }))
  return body.text()
}

/** @throws ModelFailure when the answer is no compacted conversation. */
export function decodeCompaction(answer: JsonObject, who: string): CompactionResponse {
  const { output, usage } = answer
  if (!isJsonArray(output) || !output.every((item): item is Item => isJsonObject(item) && isTyped(item)))
    throw malformedFailure(who, 'its "output" is not a list of items')
  if (!output.some(({ type }) => type === 'compaction'))
    throw malformedFailure(who, 'there is no compaction in it')
  return { items: output, usage: reportedUsage(usage) }
}

function isTyped({ type }: JsonObject): boolean {
  return typeof type === 'string'
}
