/** An answer that came in one piece. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { ModelResponse } from '../model.ts'
import { malformedFailure } from '../openai/failures.ts'
import { callBlock, metadataOf, refuseUnsupported } from './blocks.ts'
import type { Block } from './blocks.ts'
import { responseOf } from './finish.ts'
import type { AnswerContext } from './finish.ts'
import { jsonObjectOf } from './plain-json.ts'

/** @throws ModelFailure when the answer is malformed, incomplete, or holds what cannot be kept. */
export function readResult(result: unknown, context: AnswerContext): ModelResponse {
  const { who } = context
  if (typeof result !== 'object' || result === null) throw malformedFailure(who, 'there is no answer in it')
  const content: unknown = 'content' in result ? result.content : undefined
  if (!Array.isArray(content)) throw malformedFailure(who, '"content" is not a list')
  const parts: readonly unknown[] = content
  const { finishReason, usage, response } = jsonObjectOf(
    {
      finishReason: 'finishReason' in result ? result.finishReason : null,
      usage: 'usage' in result ? result.usage : null,
      response: { id: responseId(result) },
    },
    who,
  )
  return responseOf(
    {
      blocks: parts.flatMap((part) => blockOf(part, who)),
      finishReason,
      usage,
      responseId: isJsonObject(response) ? response['id'] : undefined,
    },
    context,
    false,
  )
}

/** Alone: beside it are the headers and the body, which may be large. */
function responseId(result: object): string | null {
  if (!('response' in result) || typeof result.response !== 'object' || result.response === null) return null
  return 'id' in result.response && typeof result.response.id === 'string' ? result.response.id : null
}

/** Sources and content that only the provider itself knows are no part of the answer. */
function blockOf(value: unknown, who: string): readonly Block[] {
  if (typeof value !== 'object' || value === null || isJsonArray(value)) {
    throw malformedFailure(who, 'a part of "content" is no object')
  }
  const type: unknown = 'type' in value ? value.type : undefined
  refuseUnsupported(type, value, who)
  if (type === 'tool-call') return [callBlock(jsonObjectOf(value, who), who)]
  if (type === 'text' || type === 'reasoning') return [textBlock(jsonObjectOf(value, who), type, who)]
  return []
}

function textBlock(part: JsonObject, kind: 'text' | 'reasoning', who: string): Block {
  const { text } = part
  if (typeof text !== 'string') throw malformedFailure(who, `a ${kind} part has no text`)
  return { kind, text, metadata: metadataOf(part) }
}
