/**
 * What only the provider understands that an item came from: signatures of its reasoning, ids of its own. It is kept on the
 * item, so that the provider gets it back, and goes to no other one.
 */
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Item } from '../state/item.ts'

/** The provider package that reasoning came from; on other items nothing but the metadata itself is needed. */
export const PROVIDER = 'provider'
/** By the provider's own name, as the AI SDK writes it: `{ "anthropic": { "signature": "…" } }`. */
export const PROVIDER_METADATA = 'provider_metadata'

/** Whether an item is reasoning that only a provider package can read again. */
export function isForeignReasoning(item: Item): boolean {
  return item['type'] === 'reasoning' && item[PROVIDER] !== undefined
}

/** The item as any other API takes it. One without metadata is the same object. */
export function withoutProviderMetadata(item: Item): Item {
  const { content } = item
  const parts = isJsonArray(content) ? content.map(bare) : content
  const changed = isJsonArray(content) && isJsonArray(parts) && parts.some((part, at) => part !== content[at])
  const plain = bare(item)
  return changed && isJsonObject(plain) ? { ...plain, content: parts } : isJsonObject(plain) ? plain : item
}

function bare(value: Json): Json {
  if (!isJsonObject(value) || value[PROVIDER_METADATA] === undefined) return value
  const { [PROVIDER_METADATA]: _, ...rest }: JsonObject = value
  return rest
}
