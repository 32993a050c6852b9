/**
 * Reasoning in Chat Completions: some servers give it beside the message, as `reasoning_content` or `reasoning`, and some
 * models want their own back with the calls it led to.
 */
import { isJsonArray, isJsonObject } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { Item } from '../../state/item.ts'

/** The names servers use. */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning'] as const

type ReasoningField = (typeof REASONING_FIELDS)[number]

/** The reasoning of a message as an item that remembers whose it is; `null` when there is none. */
export function reasoningItem(message: JsonObject, model: string): Item | null {
  for (const field of REASONING_FIELDS) {
    const text = message[field]
    if (typeof text !== 'string' || text === '') continue
    const content = field === 'reasoning' ? { content: [{ type: 'reasoning_text', text }] } : {}
    const summary = field === 'reasoning_content' ? [{ type: 'summary_text', text }] : []
    return { type: 'reasoning', summary, ...content, provider_data: { model, field } }
  }
  return null
}

/**
 * What goes back to a model with the message its reasoning led to. Only its own does: `reasoning` always,
 * `reasoning_content` to DeepSeek, which refuses calls without it while other servers refuse it (openai-agents does the
 * same).
 */
export function replayedReasoning(item: Item, model: string): JsonObject {
  const { provider_data: origin } = item
  if (!isJsonObject(origin) || origin['model'] !== model) return {}
  const field = REASONING_FIELDS.find((one) => one === origin['field'])
  if (field === undefined || !wantsBack(field, model)) return {}
  const parts = item[field === 'reasoning' ? 'content' : 'summary']
  const texts = isJsonArray(parts)
    ? parts.flatMap((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? [part['text']] : []))
    : []
  return texts.length === 0 ? {} : { [field]: texts.join('\n') }
}

function wantsBack(field: ReasoningField, model: string): boolean {
  return field === 'reasoning' || model.toLowerCase().includes('deepseek')
}
