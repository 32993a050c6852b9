/** What a call of an MCP tool gave, in the form the results of tools have here. */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'

/**
 * Text stays text and images are images; a PDF is a file, and everything else its JSON. One text alone is a plain text.
 *
 * @param content the content blocks of the result
 * @param structured its structured content, where that is wanted and there; it stands in the place of the blocks
 */
export function resultOutput(content: Json | undefined, structured: Json | undefined): Json {
  if (isJsonObject(structured) && Object.keys(structured).length > 0) return JSON.stringify(structured)
  const parts = isJsonArray(content) ? content.map(partOf) : []
  const [only, ...others] = parts
  if (only === undefined) return ''
  if (others.length === 0 && only['type'] === 'text') return only['text'] ?? ''
  return parts
}

function partOf(block: Json): JsonObject {
  if (!isJsonObject(block)) return asText(block)
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: typeof block['text'] === 'string' ? block['text'] : JSON.stringify(block) }
    case 'image':
      return image(block['mimeType'], block['data']) ?? asText(block)
    case 'resource':
      return resource(block['resource']) ?? asText(block)
    default:
      return asText(block)
  }
}

/** A picture or a PDF that is part of the result; `null` for any other resource. */
function resource(embedded: Json | undefined): JsonObject | null {
  if (!isJsonObject(embedded)) return null
  const { uri, mimeType, blob } = embedded
  if (typeof mimeType !== 'string' || typeof blob !== 'string') return null
  if (mimeType.startsWith('image/')) return image(mimeType, blob)
  if (mimeType !== 'application/pdf') return null
  const filename = (typeof uri === 'string' ? uri.split('/').at(-1) : '') || 'resource.pdf'
  return { type: 'file', file_data: `data:${mimeType};base64,${blob}`, filename }
}

function image(mimeType: Json | undefined, data: Json | undefined): JsonObject | null {
  if (typeof mimeType !== 'string' || typeof data !== 'string') return null
  return { type: 'image', image_url: `data:${mimeType};base64,${data}` }
}

function asText(value: Json): JsonObject {
  return { type: 'text', text: JSON.stringify(value) }
}
