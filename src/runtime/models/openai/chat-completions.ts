/** The Chat Completions API, converted at this border: the rest of the program knows only Responses API items. */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import { defaultCallId } from '../call-id.ts'
import { reportedUsage } from '../reported-usage.ts'
import { createChatStreamDecoder } from './chat-stream.ts'
import { reasoningItem } from './chat-reasoning.ts'
import { chatEncoder } from './chat-request.ts'
import { incompleteFailure, malformedFailure, reportedFailure } from './failures.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'
import type { ModelRequest, ModelResponse } from '../model.ts'
import type { OpenAiApi } from './api.ts'
import type { ChatDialect } from './chat-request.ts'

/** @param who the model and its server, for messages */
export function chatCompletionsApi(model: string, who: string, dialect: ChatDialect): OpenAiApi {
  return {
    path: '/chat/completions',
    encode: chatEncoder(model, dialect),
    decode: (answer, request) => decodeCompletion(answer, request, { model, who }),
    decodeStream: (request) =>
      createChatStreamDecoder(who, (completion) => decodeCompletion(completion, request, { model, who })),
  }
}

interface Answerer {
  readonly model: string
  readonly who: string
}

/** The first choice as items: the reasoning, the message, then the calls in their order. */
function decodeCompletion(
  answer: JsonObject,
  request: ModelRequest,
  { model, who }: Answerer,
): ModelResponse {
  const { id, choices, error, usage } = answer
  if (isJsonObject(error) && choices === undefined) throw reportedFailure(who, error)
  const choice = isJsonArray(choices) ? choices[0] : undefined
  const message = isJsonObject(choice) ? choice['message'] : undefined
  if (!isJsonObject(choice) || !isJsonObject(message))
    throw malformedFailure(who, 'there is no "choices[0].message" in it')
  const reason = choice['finish_reason']
  if (reason === 'length' || reason === 'content_filter') throw incompleteFailure(who, reason)
  const calls = decodeCalls(message['tool_calls'], request, who)
  const reasoning = reasoningItem(message, model)
  const said = decodeMessage(message, choice['logprobs'], who)
  return {
    response_id: typeof id === 'string' && id !== '' ? id : null,
    items: [
      ...(reasoning === null ? [] : [reasoning]),
      ...(said === null && calls.length > 0 ? calls : [said ?? emptyMessage(), ...calls]),
    ],
    usage: reportedUsage(usage),
  }
}

function decodeMessage(message: JsonObject, logprobs: Json | undefined, who: string): Item | null {
  const { content, refusal } = message
  if (content !== undefined && content !== null && typeof content !== 'string') {
    throw malformedFailure(who, 'the content of the message is not text')
  }
  const parts: JsonObject[] = []
  if (content) parts.push({ ...outputText(content), ...tokenLogprobs(logprobs) })
  if (typeof refusal === 'string' && refusal !== '') parts.push({ type: 'refusal', refusal })
  return parts.length === 0 ? null : assistantMessage(parts)
}

function emptyMessage(): Item {
  return assistantMessage([outputText('')])
}

function assistantMessage(content: readonly JsonObject[]): Item {
  return { type: 'message', role: 'assistant', status: 'completed', content }
}

function outputText(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [] }
}

function tokenLogprobs(logprobs: Json | undefined): JsonObject {
  const tokens = isJsonObject(logprobs) ? logprobs['content'] : undefined
  return isJsonArray(tokens) ? { logprobs: tokens } : {}
}

function decodeCalls(calls: Json | undefined, request: ModelRequest, who: string): readonly Item[] {
  if (calls === undefined || calls === null) return []
  if (!isJsonArray(calls)) throw malformedFailure(who, '"tool_calls" is not a list')
  return calls.map((call, index) => decodeCall(call, defaultCallId(request, index + 1), who))
}

/** Some servers give no id, and some give the arguments as an object: neither loses anything. */
function decodeCall(call: Json, defaultId: string, who: string): Item {
  const called = isJsonObject(call) ? call['function'] : undefined
  if (!isJsonObject(call) || !isJsonObject(called))
    throw malformedFailure(who, 'a tool call has no "function"')
  const { name, arguments: args } = called
  if (typeof name !== 'string' || name === '') throw malformedFailure(who, 'a tool call has no name')
  return {
    type: 'function_call',
    status: 'completed',
    call_id: typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : defaultId,
    name,
    arguments: typeof args === 'string' ? args : isJsonObject(args) ? JSON.stringify(args) : '',
  }
}
