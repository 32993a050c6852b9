/** What a tool returned, as the model sees it: text, or content parts of the Responses API. */
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { CallOutput } from '../state/item.ts'

/**
 * A string stays as it is; content parts (`{ type: 'text' | 'image' | 'file', … }`, one or a list) become input parts;
 * any other JSON value becomes its JSON text; `undefined` an empty text.
 *
 * @throws TypeError when the value is not JSON (a function, a cycle, a bigint).
 */
export function outputOf(value: unknown): CallOutput {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  const parts = contentParts(value)
  if (parts !== null) return parts
  const text: unknown = JSON.stringify(value)
  if (typeof text !== 'string') throw new TypeError(`the tool returned ${typeof value}, which is not JSON`)
  return text
}

function contentParts(value: unknown): readonly JsonObject[] | null {
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0) return null
  const parts = list.map(contentPart)
  return parts.every((part) => part !== null) ? parts : null
}

/** One content part in the words of the API; `null` for anything else. */
function contentPart(value: unknown): JsonObject | null {
  if (!isJsonObject(value)) return null
  switch (value['type']) {
    case 'text':
      return typeof value['text'] === 'string' ? { type: 'input_text', text: value['text'] } : null
    case 'image':
      return pick(value, 'input_image', ['image_url', 'file_id', 'detail'])
    case 'file':
      return pick(value, 'input_file', ['file_data', 'file_url', 'file_id', 'filename'])
    default:
      return null
  }
}

function pick(value: JsonObject, type: string, keys: readonly string[]): JsonObject | null {
  const picked: Record<string, Json> = { type }
  for (const key of keys) {
    const member = value[key]
    if (member !== undefined) picked[key] = member
  }
  return Object.keys(picked).length > 1 ? picked : null
}
