/** Shortens long outputs of tools in older turns: the reference's trimmer, with its defaults and its words. */
import type { TrimDefinition } from '../../compiler/request-definitions.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { isFunctionCall } from '../state/item.ts'
import type { Item } from '../state/item.ts'

/** The names of the tools whose calls come as items that name none. */
export interface NativeNames {
  readonly shell: readonly string[]
  readonly apply_patch: readonly string[]
}

const NO_NAMES: NativeNames = { shell: [], apply_patch: [] }

/** The same list when nothing is too long; items are never changed. */
export function trimOutputs(
  items: readonly Item[],
  trim: TrimDefinition,
  natives: NativeNames = NO_NAMES,
): readonly Item[] {
  const recent = startOfRecent(items, trim.recent_turns)
  const names = new Map<Json, string>()
  const { trimmable_tools: meant } = trim
  const trimmed = items.map((item, index) => {
    if (isFunctionCall(item)) names.set(item.call_id, item.name)
    const native = NATIVE.get(item['type'])
    if (index >= recent || (native === undefined && item['type'] !== 'function_call_output')) return item
    const known =
      native === undefined ? [names.get(item['call_id'] ?? null) ?? 'unknown_tool'] : natives[native]
    if (meant !== undefined && !known.some((name) => meant.includes(name))) return item
    return trimItem(item, known[0] ?? native ?? 'unknown_tool', trim)
  })
  return trimmed.some((item, index) => item !== items[index]) ? trimmed : items
}

const NATIVE: ReadonlyMap<Json | undefined, keyof NativeNames> = new Map([
  ['shell_call_output', 'shell'],
  ['apply_patch_call_output', 'apply_patch'],
])

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
  if (summary.length >= shown.length) return item
  return { ...item, output: isCommandOutput(output) ? shortCommands(output, summary) : summary }
}

/** What one command of a shell call said. */
interface CommandOutput extends JsonObject {
  readonly stdout: string
  readonly stderr: string
}

/** What each command said keeps its form: the summary takes the place of all texts, how each ended stays. */
function shortCommands(output: readonly CommandOutput[], summary: string): Json {
  return output.map((one, index) => ({ ...one, stdout: index === 0 ? summary : '', stderr: '' }))
}

function isCommandOutput(output: Json | undefined): output is readonly CommandOutput[] {
  return (
    isJsonArray(output) &&
    output.every(
      (one) => isJsonObject(one) && typeof one['stdout'] === 'string' && typeof one['stderr'] === 'string',
    )
  )
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
  if (isCommandOutput(parts)) {
    const text = parts.map(({ stdout, stderr }) => stdout + stderr).join('')
    return { text, length: text.length, dropped: '' }
  }
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
