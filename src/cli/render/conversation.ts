/** History items as a conversation. */
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { isFunctionCall } from '../../runtime/state/item.ts'
import type { Item } from '../../runtime/state/item.ts'
import { printable, printableLine, shorten } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { callText } from './call-text.ts'

/** One block of lines for each item that says something. */
export function conversationLines(items: readonly Item[], theme: Theme): readonly string[] {
  return items.flatMap((item) => itemLines(item, theme))
}

function itemLines(item: Item, theme: Theme): readonly string[] {
  if (isFunctionCall(item)) {
    return [
      `  ${theme.cyan('→')} ${callText(item.name, readArguments(item.arguments), 200)} ${theme.dim(item.call_id)}`,
    ]
  }
  if (item['type'] === 'function_call_output') {
    return [`  ${theme.green('←')} ${shorten(printableLine(contentText(item['output'])), 200)}`]
  }
  if (typeof item['role'] === 'string') return messageLines(item['role'], contentText(item['content']), theme)
  return item['type'] === 'reasoning' ? [] : [theme.dim(`  [${printableLine(JSON.stringify(item['type']))}]`)]
}

function messageLines(role: string, text: string, theme: Theme): readonly string[] {
  const speaker = role === 'assistant' ? theme.bold('assistant') : theme.bold(theme.blue(printableLine(role)))
  const [first = '', ...rest] = printable(text).split('\n')
  return [`${speaker}  ${first}`, ...rest.map((line) => `  ${line}`)]
}

function readArguments(text: string): Json {
  const parsed = parseStrictJson(text)
  return parsed.ok ? parsed.value : text
}

/** Text, or the text of content parts. */
function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return content === undefined ? '' : JSON.stringify(content)
  return content.map(partText).join('\n')
}

function partText(part: Json): string {
  if (!isJsonObject(part)) return JSON.stringify(part)
  if (typeof part['text'] === 'string') return part['text']
  return typeof part['refusal'] === 'string' ? part['refusal'] : `[${JSON.stringify(part['type'])}]`
}
