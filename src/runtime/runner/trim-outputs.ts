/** Shortens long outputs of tools in older turns: the reference's trimmer, with its defaults and its words. */
import type { TrimDefinition } from '../../compiler/request-definitions.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { isFunctionCall } from '../state/item.ts'
import type { Item } from '../state/item.ts'

/** The same list when nothing is too long; items are never changed. */
export function trimOutputs(items: readonly Item[], trim: TrimDefinition): readonly Item[] {
  const recent = startOfRecent(items, trim.recent_turns)
  const names = new Map<Json, string>()
  const trimmed = items.map((item, index) => {
    if (isFunctionCall(item)) names.set(item.call_id, item.name)
    if (index >= recent || item['type'] !== 'function_call_output') return item
    const name = names.get(item['call_id'] ?? null)
    const isMeant = trim.trimmable_tools === undefined || trim.trimmable_tools.includes(name ?? '')
    return isMeant ? trimItem(item, name ?? 'unknown_tool', trim) : item
  })
  return trimmed.some((item, index) => item !== items[index]) ? trimmed : items
}

/** The index of the n-th message of the user from the end; 0 when there are fewer. */
function startOfRecent(items: readonly Item[], turns: number): number {
  let seen = 0
  for (let index = items.length - 1; index >= 0; index--) {
    if (items[index]?.['role'] === 'user') seen += 1
    if (seen >= turns) return index
  }
  return 0
}

function trimItem(item: Item, name: string, trim: TrimDefinition): Item {
  const { output } = item
  const shown =
    typeof output === 'string' ? { text: output, length: output.length, dropped: '' } : ofParts(output)
  if (shown === null || shown.length <= trim.max_output_chars) return item
  const preview = cut(shown.text, trim.preview_chars)
  const summary = `[Trimmed: ${name} output — ${shown.length} chars → ${preview.length} char preview${shown.dropped}]\n${preview}...`
  return summary.length < shown.length ? { ...item, output: summary } : item
}

/** Not in the middle of a character. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

/** The text in content parts, and how much there is in all; `null` for parts nobody knows. */
function ofParts(
  parts: Json | undefined,
): { readonly text: string; readonly length: number; readonly dropped: string } | null {
  if (!isJsonArray(parts) || !parts.every(isJsonObject)) return null
  const texts = parts.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : []))
  const others = parts.filter((part) => part['type'] !== 'input_text')
  const length = parts.reduce((sum, part) => sum + charsOf(part), 0)
  const kinds = [...Map.groupBy(others, (part) => JSON.stringify(part['type'] ?? null))].map(
    ([type, list]) => `${list.length} ${type.replaceAll('"', '')}`,
  )
  const dropped = kinds.length === 0 ? '' : `; dropped ${kinds.toSorted().join(', ')}`
  return { text: texts.join('\n'), length, dropped }
}

function charsOf(part: JsonObject): number {
  return Object.entries(part).reduce(
    (sum, [key, value]) => sum + (key !== 'type' && typeof value === 'string' ? value.length : 0),
    0,
  )
}
