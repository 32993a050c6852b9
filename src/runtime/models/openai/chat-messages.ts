/** Responses API items as the messages of Chat Completions. */
import { ModelFailure } from '../../failures.ts'
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import { isFunctionCall } from '../../state/item.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { FunctionCallItem, Item } from '../../state/item.ts'
import type { ModelRequest } from '../model.ts'
import { replayedReasoning } from './chat-reasoning.ts'

/**
 * Instructions become the `system` message. What the model said and the calls it made until the next message of
 * somebody else become one `assistant` message, as the API wants the results right after the calls. Reasoning goes back
 * to models that want theirs; elsewhere the API has no place for it.
 *
 * @throws ModelFailure for an item or a content part that has no counterpart.
 */
export function chatMessages(
  { instructions, items }: Pick<ModelRequest, 'instructions' | 'items'>,
  model: string,
): readonly JsonObject[] {
  const messages: JsonObject[] = instructions === null ? [] : [{ role: 'system', content: instructions }]
  let assistant: AssistantDraft | null = null
  let reasoning: JsonObject = {}
  for (const item of items) {
    const kind = kindOf(item)
    if (kind === 'hosted') continue
    if (kind === 'reasoning') {
      reasoning = replayedReasoning(item, model)
      continue
    }
    if (kind === 'call' || kind === 'assistant') {
      if (assistant !== null && assistant.calls.length === 0 && Object.keys(reasoning).length > 0) {
        messages.push(assistantMessage(assistant))
        assistant = null
      }
      assistant = continueAssistant(assistant, item, messages)
      assistant.reasoning = { ...reasoning, ...assistant.reasoning }
      reasoning = {}
      continue
    }
    reasoning = {}
    if (assistant !== null) messages.push(assistantMessage(assistant))
    assistant = null
    messages.push(kind === 'output' ? toolMessage(item) : inputMessage(item))
  }
  if (assistant !== null) messages.push(assistantMessage(assistant))
  return messages
}

type ItemKind = 'reasoning' | 'hosted' | 'call' | 'assistant' | 'output' | 'input'

/** What a provider's tool did for another model: what came of it is in the messages. */
const HOSTED_CALLS: ReadonlySet<string> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
])

function kindOf(item: Item): ItemKind {
  const { type, role } = item
  if (type === 'reasoning') return 'reasoning'
  if (typeof type === 'string' && HOSTED_CALLS.has(type)) return 'hosted'
  if (isFunctionCall(item)) return 'call'
  if (type === 'function_call_output') return 'output'
  if (type !== undefined && type !== 'message') {
    throw new ModelFailure(
      `Chat Completions has no counterpart for an item of type ${named(type)}; use api: responses`,
    )
  }
  if (role === 'assistant') return 'assistant'
  if (role === 'user' || role === 'system' || role === 'developer') return 'input'
  throw new ModelFailure(`Chat Completions has no role ${named(role)}`)
}

interface AssistantDraft {
  readonly texts: string[]
  readonly refusals: string[]
  readonly calls: JsonObject[]
  /** What led to it, under the name the model gave it. */
  reasoning: JsonObject
}

/** A second text before any call is a message of its own; after calls it has to stay with them. */
function continueAssistant(draft: AssistantDraft | null, item: Item, messages: JsonObject[]): AssistantDraft {
  let current = draft ?? newDraft()
  if (isFunctionCall(item)) {
    current.calls.push(toolCall(item))
    return current
  }
  if (draft !== null && draft.calls.length === 0) {
    messages.push(assistantMessage(draft))
    current = newDraft()
  }
  for (const part of partsOf(item['content'])) {
    if (part['type'] === 'refusal') current.refusals.push(text(part, 'refusal'))
    else current.texts.push(textOf(part, 'an assistant message'))
  }
  return current
}

function newDraft(): AssistantDraft {
  return { texts: [], refusals: [], calls: [], reasoning: {} }
}

function assistantMessage({ texts, refusals, calls, reasoning }: AssistantDraft): JsonObject {
  return {
    role: 'assistant',
    ...reasoning,
    content: texts.length === 0 ? (calls.length + refusals.length === 0 ? '' : null) : texts.join(''),
    ...(refusals.length === 0 ? {} : { refusal: refusals.join('') }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function toolCall({ call_id, name, arguments: args }: FunctionCallItem): JsonObject {
  return { id: call_id, type: 'function', function: { name, arguments: args } }
}

/** The API takes only text as a tool's result: the model is told what else there was. */
function toolMessage(item: Item): JsonObject {
  const content = partsOf(item['output'])
    .map((part) =>
      isTextPart(part)
        ? text(part, 'text')
        : `[a part of type ${named(part['type'])} cannot be shown to this model]`,
    )
    .join('\n')
  return { role: 'tool', tool_call_id: item['call_id'] ?? '', content }
}

function inputMessage(item: Item): JsonObject {
  const role = item['role'] ?? 'user'
  const parts = partsOf(item['content'])
  const allText = parts.every(isTextPart)
  if (parts.length <= 1 && allText) return { role, content: parts.map((part) => text(part, 'text')).join('') }
  if (role !== 'user' && !allText)
    throw new ModelFailure(`Chat Completions takes only text from the role ${named(role)}`)
  return { role, content: parts.map(inputPart) }
}

function inputPart(part: JsonObject): JsonObject {
  if (isTextPart(part)) return { type: 'text', text: text(part, 'text') }
  if (part['type'] === 'input_image') return imagePart(part)
  if (part['type'] === 'input_file') return filePart(part)
  if (part['type'] === 'input_audio') return part
  throw new ModelFailure(
    `Chat Completions has no counterpart for a part of type ${named(part['type'])}; use api: responses`,
  )
}

function imagePart({ image_url, detail }: JsonObject): JsonObject {
  if (typeof image_url !== 'string') {
    throw new ModelFailure(
      'Chat Completions takes an image by its url or data, not by a file id; use api: responses',
    )
  }
  return {
    type: 'image_url',
    image_url: { url: image_url, ...(typeof detail === 'string' ? { detail } : {}) },
  }
}

function filePart(part: JsonObject): JsonObject {
  const file: Record<string, Json> = {}
  for (const key of ['file_id', 'file_data', 'filename']) {
    const value = part[key]
    if (typeof value === 'string') file[key] = value
  }
  if (file['file_id'] === undefined && file['file_data'] === undefined) {
    throw new ModelFailure(
      'Chat Completions takes a file by its id or data, not by a url; use api: responses',
    )
  }
  return { type: 'file', file }
}

function partsOf(content: Json | undefined): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'input_text', text: content }]
  return isJsonArray(content) ? content.filter(isJsonObject) : []
}

function isTextPart({ type }: JsonObject): boolean {
  return type === 'input_text' || type === 'output_text' || type === 'text'
}

function textOf(part: JsonObject, where: string): string {
  if (isTextPart(part)) return text(part, 'text')
  throw new ModelFailure(
    `Chat Completions takes only text in ${where}, not ${named(part['type'])}; use api: responses`,
  )
}

function text(part: JsonObject, key: string): string {
  const value = part[key]
  return typeof value === 'string' ? value : ''
}

function named(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
}
