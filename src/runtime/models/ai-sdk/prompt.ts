/** Responses API items as the prompt of an AI SDK language model. */
import type {
  JSONObject,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'
import { ModelFailure } from '../../failures.ts'
import { isJsonArray, isJsonObject, parseJson } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { isFunctionCall } from '../../state/item.ts'
import type { FunctionCallItem, Item } from '../../state/item.ts'
import { PROVIDER, PROVIDER_METADATA } from '../provider-metadata.ts'
import { filePart } from './file-parts.ts'

/** Who the prompt is for: what it said before goes back to it as it was. */
export interface Addressee {
  /** The package: its own reasoning goes back to it, that of others is left out. */
  readonly package: string
  /** The provider's name for itself. */
  readonly provider: string
}

type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>
type ToolMessage = Extract<LanguageModelV4Message, { role: 'tool' }>
type UserMessage = Extract<LanguageModelV4Message, { role: 'user' }>
type AssistantPart = AssistantMessage['content'][number]

/**
 * Instructions become the first system message. Reasoning, text and calls of the model until somebody else speaks become
 * one assistant message, in their order; the results that follow become one tool message.
 *
 * @throws ModelFailure for an item or a content part that has no counterpart.
 */
export function promptOf(
  instructions: string | null,
  items: readonly Item[],
  to: Addressee,
): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt =
    instructions === null ? [] : [{ role: 'system', content: instructions }]
  const toolNames = new Map<string, string>()
  for (const item of items) {
    if (isFunctionCall(item)) toolNames.set(item.call_id, item.name)
    if (item['type'] === 'function_call_output') {
      addTo(prompt, 'tool').content.push(toolResult(item, toolNames, to))
      continue
    }
    const said = assistantParts(item, to)
    if (said === null) prompt.push(inputMessage(item, to))
    else if (said.length > 0) addTo(prompt, 'assistant').content.push(...said)
  }
  return prompt
}

/** The last message, if it is of this role; else a new one. */
function addTo(prompt: LanguageModelV4Prompt, role: 'assistant'): AssistantMessage
function addTo(prompt: LanguageModelV4Prompt, role: 'tool'): ToolMessage
function addTo(prompt: LanguageModelV4Prompt, role: 'assistant' | 'tool'): AssistantMessage | ToolMessage {
  const last = prompt.at(-1)
  if (last !== undefined && last.role === role) return last
  const message: AssistantMessage | ToolMessage = { role, content: [] }
  prompt.push(message)
  return message
}

/** What the model said; `null` when somebody else did. */
function assistantParts(item: Item, to: Addressee): readonly AssistantPart[] | null {
  if (isFunctionCall(item)) return [toolCall(item)]
  const { type, role } = item
  if (type === 'reasoning') return reasoningParts(item, to)
  if (type !== undefined && type !== 'message') {
    throw new ModelFailure(`an AI SDK provider has no counterpart for an item of type ${named(type)}`)
  }
  if (role !== 'assistant') return null
  return partsOf(item['content']).map((part) => ({
    type: 'text',
    text: part['type'] === 'refusal' ? text(part, 'refusal') : textOf(part, 'an assistant message'),
    ...optionsOf(part),
  }))
}

/** Without what the provider signed or named itself, reasoning is of no use to it. */
function reasoningParts(item: Item, to: Addressee): readonly AssistantPart[] {
  if (item[PROVIDER] !== to.package) return []
  const said = partsOf(item['content']).map((part) => text(part, 'text'))
  return [{ type: 'reasoning', text: said.join(''), ...optionsOf(item) }]
}

/** Arguments that are no JSON go back as the text they are. */
function toolCall(item: FunctionCallItem): AssistantPart {
  const { call_id: toolCallId, name: toolName, arguments: args } = item
  return { type: 'tool-call', toolCallId, toolName, input: parsed(args), ...optionsOf(item) }
}

function parsed(text: string): Json {
  try {
    return text.trim() === '' ? {} : parseJson(text)
  } catch {
    return text
  }
}

function toolResult(
  item: Item,
  toolNames: ReadonlyMap<string, string>,
  to: Addressee,
): ToolMessage['content'][number] {
  const id = text(item, 'call_id')
  const toolName = toolNames.get(id)
  if (toolName === undefined) throw new ModelFailure(`the result of call ${named(id)} comes without its call`)
  return { type: 'tool-result', toolCallId: id, toolName, output: resultOutput(item['output'], to) }
}

function resultOutput(output: Json | undefined, to: Addressee): LanguageModelV4ToolResultOutput {
  if (typeof output === 'string') return { type: 'text', value: output }
  const parts = partsOf(output)
  if (parts.every(isTextPart)) {
    return { type: 'text', value: parts.map((part) => text(part, 'text')).join('\n') }
  }
  return {
    type: 'content',
    value: parts.map((part) =>
      isTextPart(part) ? { type: 'text', text: text(part, 'text') } : filePart(part, to.provider),
    ),
  }
}

function inputMessage(item: Item, to: Addressee): LanguageModelV4Message {
  const { role } = item
  const parts = partsOf(item['content'])
  if (role === 'user') return { role, content: parts.map((part) => userPart(part, to)) }
  if (role !== 'system' && role !== 'developer') {
    throw new ModelFailure(`an AI SDK provider has no counterpart for the role ${named(role)}`)
  }
  return { role: 'system', content: parts.map((part) => textOf(part, `a ${role} message`)).join('') }
}

function userPart(part: JsonObject, to: Addressee): UserMessage['content'][number] {
  return isTextPart(part) ? { type: 'text', text: text(part, 'text') } : filePart(part, to.provider)
}

/** What the provider gave with it, by the provider's own name: others do not look there. */
function optionsOf(value: JsonObject): { providerOptions?: Record<string, JSONObject> } {
  const metadata = value[PROVIDER_METADATA]
  return isProviderOptions(metadata) ? { providerOptions: metadata } : {}
}

/** Whether a JSON value is what the AI SDK calls options of providers: objects by a provider's name. */
export function isProviderOptions(value: unknown): value is Record<string, JSONObject> {
  return isJsonObject(value) && Object.values(value).every(isJsonObject)
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
  throw new ModelFailure(`an AI SDK provider takes only text in ${where}, not ${named(part['type'])}`)
}

function text(part: JsonObject, key: string): string {
  const value = part[key]
  return typeof value === 'string' ? value : ''
}

function named(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
}
