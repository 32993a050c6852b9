/** Words for keys that a map may not have. */
import { isJsonObject } from '../../util/json.ts'
import { isSlip, suggest } from '../../util/suggest.ts'
import type { Mistake } from './mistake.ts'
import { memberPointer, nameAt, schemaPart, textParam, wrongValue } from './mistake.ts'
import { keysAt, otherPlacesOf } from './places.ts'
import { schemaFinding } from './schema-finding.ts'
import type { SchemaFinding } from './schema-finding.ts'

/**
 * A slip of a known key is named first, then the places where the key does belong, then the nearest of the known keys.
 */
export function unknownKey(mistake: Mistake): SchemaFinding {
  const key = textParam(mistake, 'additionalProperty')
  const owner = mistake.error.instancePath
  const known = keysAt(mistake.kind, schemaPart(mistake))
  const suggestion = suggest(key, known)
  const elsewhere = otherPlacesOf(mistake.kind, key, schemaPart(mistake))
  const place = { pointer: memberPointer(owner, key), at: 'key' } as const
  const isLikely = suggestion !== undefined && (isSlip(key, suggestion) || suggestion.includes(key))
  if (elsewhere.length > 0 && !isLikely) {
    return schemaFinding('AS2002', { key, here: here(mistake), places: elsewhere }, place)
  }
  const isSafe = suggestion !== undefined && !has(wrongValue(mistake), suggestion)
  const fix =
    isSafe && (elsewhere.length === 0 || isSlip(key, suggestion)) ? { replaceKeyWith: suggestion } : undefined
  return schemaFinding('AS2001', { key, suggestion, known, elsewhere }, { ...place, fix })
}

function here(mistake: Mistake): string {
  const { instancePath } = mistake.error
  if (instancePath !== '') return `in ${nameAt(mistake, instancePath)}`
  return mistake.kind.topLevel
}

function has(value: unknown, key: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, key)
}
