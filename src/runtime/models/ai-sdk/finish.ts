/** How an answer ended, and what that makes of it. */
import { ModelFailure } from '../../failures.ts'
import { isJsonObject } from '../../../util/json.ts'
import type { Json } from '../../../util/json.ts'
import type { Usage } from '../../state/usage.ts'
import type { ModelRequest, ModelResponse } from '../model.ts'
import { cutFailure, incompleteFailure } from '../openai/failures.ts'
import { itemsOf, refusalItems } from './blocks.ts'
import type { Block } from './blocks.ts'

/** A whole answer as it came. */
export interface Answer {
  readonly blocks: readonly Block[]
  readonly finishReason: Json | undefined
  readonly usage: Json | undefined
  readonly responseId: Json | undefined
}

export interface AnswerContext {
  /** The model and its server, for messages. */
  readonly who: string
  readonly package: string
  readonly request: ModelRequest
}

/**
 * The response an answer is. An answer that was refused or filtered is a refusal.
 *
 * @param streamed without a reason a stream broke off, while an answer in one piece is whole all the same
 * @throws ModelFailure when the model stopped before it was done: then no call of it may be carried out.
 */
export function responseOf(answer: Answer, context: AnswerContext, streamed: boolean): ModelResponse {
  const { unified, raw } = reasonOf(answer.finishReason)
  const hasCalls = answer.blocks.some((block) => block.kind === 'call')
  const refused = isRefused(answer.finishReason)
  if (!refused) requireFinished({ unified, raw, hasCalls, streamed }, context.who)
  return {
    response_id: typeof answer.responseId === 'string' && answer.responseId !== '' ? answer.responseId : null,
    items: refused
      ? refusalItems(answer.blocks, raw)
      : itemsOf(answer.blocks, context.request, context.package),
    usage: usageOf(answer.usage),
  }
}

/** Whether the model refused, or a filter stopped it. */
export function isRefused(finishReason: Json | undefined): boolean {
  return reasonOf(finishReason).unified === 'content-filter'
}

interface Ending {
  readonly unified: string
  readonly raw: string | undefined
  readonly hasCalls: boolean
  readonly streamed: boolean
}

function requireFinished({ unified, raw, hasCalls, streamed }: Ending, who: string): void {
  switch (unified) {
    case 'stop':
    case 'tool-calls':
      return
    case 'length':
      throw incompleteFailure(who, 'length')
    case 'interrupted':
      throw cutFailure(who, 'the stream ended before the answer was complete')
    case 'error':
      throw new ModelFailure(`${who} stopped because of an error${raw === undefined ? '' : `: ${raw}`}`)
    default:
      // A reason nobody knows: the text is there, but whether the calls are whole is not known.
      if (raw !== undefined && hasCalls) throw incompleteFailure(who, raw)
      if (raw === undefined && streamed) throw cutFailure(who, 'the stream ended without a finish reason')
  }
}

function reasonOf(reason: Json | undefined): { readonly unified: string; readonly raw: string | undefined } {
  if (!isJsonObject(reason)) return { unified: 'other', raw: undefined }
  const { unified, raw } = reason
  return {
    unified: typeof unified === 'string' ? unified : 'other',
    raw: typeof raw === 'string' && raw !== '' ? raw : undefined,
  }
}

/** What is not said is 0. */
function usageOf(usage: Json | undefined): Usage {
  const input = detailsOf(usage, 'inputTokens')
  const output = detailsOf(usage, 'outputTokens')
  const [inputTokens, outputTokens] = [count(input['total']), count(output['total'])]
  return {
    requests: 1,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    input_tokens_details: { cached_tokens: count(input['cacheRead']) },
    output_tokens_details: { reasoning_tokens: count(output['reasoning']) },
  }
}

function detailsOf(usage: Json | undefined, key: string): Readonly<Record<string, Json>> {
  const details = isJsonObject(usage) ? usage[key] : undefined
  return isJsonObject(details) ? details : {}
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
