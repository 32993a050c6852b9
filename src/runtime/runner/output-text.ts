/** The answer in a response: the text of its last message, or that the model refused. */
import { isJsonObject } from '../../util/json.ts'
import type { Item } from '../state/item.ts'

export function outputText(items: readonly Item[]): {
  readonly text: string | null
  readonly refusal: string | null
} {
  const message = items.findLast((item) => item['type'] === 'message')
  const content = message?.['content']
  if (typeof content === 'string') return { text: content, refusal: null }
  if (!Array.isArray(content)) return { text: null, refusal: null }
  const texts: string[] = []
  let refusal: string | null = null
  for (const part of content) {
    if (!isJsonObject(part)) continue
    if (part['type'] === 'output_text' && typeof part['text'] === 'string') texts.push(part['text'])
    if (part['type'] === 'refusal') refusal = typeof part['refusal'] === 'string' ? part['refusal'] : ''
  }
  return { text: texts.length === 0 ? null : texts.join(''), refusal: texts.length === 0 ? refusal : null }
}
