/** History items as the messages of the GenAI semantic conventions: what spans hold when content is wanted. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import type { ModelRequest } from '../models/model.ts'
import { isFunctionCall } from '../state/item.ts'
import type { Item } from '../state/item.ts'

/** Bounds of one attribute: the newest messages, and the beginning of each text. */
const MOST_MESSAGES = 100
const LONGEST_TEXT = 16_384

/** `gen_ai.input.messages`, as JSON text. */
export function inputMessages(items: readonly Item[]): string {
  return JSON.stringify(
    items.slice(-MOST_MESSAGES).map((item) => ({ role: roleOf(item), parts: partsOf(item) })),
  )
}

/** `gen_ai.output.messages`: the answer of a model is one message, whatever items it has. */
export function outputMessages(items: readonly Item[]): string {
  const message = { role: 'assistant', parts: items.flatMap(partsOf), finish_reason: finishReason(items) }
  return JSON.stringify([message])
}

/** `gen_ai.output.messages` of a run or a nested one: its answer. */
export function answerMessages(answer: Json): string {
  const content = typeof answer === 'string' ? answer : JSON.stringify(answer)
  return JSON.stringify([{ role: 'assistant', parts: [textPart(content)], finish_reason: 'stop' }])
}

/** `gen_ai.system_instructions`. */
export function systemInstructions(instructions: string): string {
  return JSON.stringify([textPart(instructions)])
}

/** `gen_ai.tool.definitions`, in their short form. */
export function toolDefinitions(functions: ModelRequest['functions']): string {
  return JSON.stringify(functions.map(({ name }) => ({ type: 'function', name })))
}

/** Arguments or an output as one text. */
export function contentText(value: Json): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Why the model stopped: the APIs of our kind say no more than this. */
export function finishReason(items: readonly Item[]): 'stop' | 'tool_call' {
  return items.some(isFunctionCall) ? 'tool_call' : 'stop'
}

function roleOf(item: Item): string {
  if (item['type'] === 'function_call_output') return 'tool'
  return typeof item['role'] === 'string' ? item['role'] : 'assistant'
}

function partsOf(item: Item): readonly JsonObject[] {
  if (isFunctionCall(item)) {
    return [{ type: 'tool_call', id: item.call_id, name: item.name, arguments: argumentsOf(item.arguments) }]
  }
  switch (item['type']) {
    case 'function_call_output':
      return [{ type: 'tool_call_response', id: item['call_id'] ?? null, response: outputOf(item['output']) }]
    case 'reasoning':
      return contentParts(item['summary']).map((part) => ({ ...part, type: 'reasoning' }))
    case 'message':
    case undefined:
      return contentParts(item['content'])
    default:
      return [{ type: item['type'] }]
  }
}

function argumentsOf(text: string): Json {
  if (text.length > LONGEST_TEXT) return cut(text)
  const parsed = parseStrictJson(text)
  return parsed.ok ? parsed.value : text
}

function outputOf(output: Json | undefined): Json {
  if (typeof output === 'string') return cut(output)
  return contentParts(output)
}

/** The texts of a content; of images and files only that they are there. */
function contentParts(content: Json | undefined): readonly JsonObject[] {
  if (typeof content === 'string') return [textPart(content)]
  if (!isJsonArray(content)) return []
  return content.filter(isJsonObject).map((part) => {
    const text = part['text'] ?? part['refusal']
    if (typeof text === 'string') return textPart(text)
    return { type: typeof part['type'] === 'string' ? part['type'] : 'unknown' }
  })
}

function textPart(text: string): JsonObject {
  return { type: 'text', content: cut(text) }
}

function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  return `${text.slice(0, LONGEST_TEXT)}… [${text.length - LONGEST_TEXT} more characters]`
}
