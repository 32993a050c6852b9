/**
 * History items as the Responses API takes them back: verbatim, but for what a provider package keeps for itself, and for
 * reasoning that it could not make sense of. Reasoning
 * without encrypted content is known to the server by its id alone; one that stores nothing knows no ids.
 */
import { isFunctionCall } from '../../state/item.ts'
import type { Item } from '../../state/item.ts'
import type { ModelRequest } from '../model.ts'
import { isForeignReasoning, withoutProviderMetadata } from '../provider-metadata.ts'
import { createFragmentCache } from './request-body.ts'

/** Items as JSON texts, each serialized once for as long as it lives. */
export function createInputEncoder(): (
  request: Pick<ModelRequest, 'items' | 'settings' | 'omits_reasoning_ids'>,
) => readonly string[] {
  const verbatim = createFragmentCache<Item>((item) => JSON.stringify(withoutProviderMetadata(item)))
  const bare = createFragmentCache<Item>((item) => JSON.stringify(withoutId(withoutProviderMetadata(item))))
  return ({ items, settings, omits_reasoning_ids: omitsIds = false }) => {
    const stores = settings['store'] !== false
    let lostReasoning = false
    return items.flatMap((item) => {
      if (item['type'] === 'reasoning') {
        lostReasoning = !isKnown(item, stores)
        if (lostReasoning) return []
        return omitsIds ? bare(item) : verbatim(item)
      }
      // An id of the answer would send the server looking for the reasoning that led to it.
      lostReasoning &&= isOfModel(item)
      return lostReasoning ? bare(item) : verbatim(item)
    })
  }
}

/** Reasoning of another provider has neither an id nor encrypted content. */
function isKnown(item: Item, stores: boolean): boolean {
  if (isForeignReasoning(item)) return false
  return typeof item['encrypted_content'] === 'string' || (stores && typeof item['id'] === 'string')
}

function isOfModel(item: Item): boolean {
  return isFunctionCall(item) || item['role'] === 'assistant'
}

function withoutId({ id: _, ...rest }: Item): Item {
  return rest
}
