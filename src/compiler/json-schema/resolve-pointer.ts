/** Follows references inside one JSON Schema. */
import { isJsonObject, type Json } from '../../util/json.ts'
import type { JsonSchema } from '../program.ts'

/** What `#` or `#/a/b` refers to; undefined for any other form of reference, and for one that leads nowhere. */
export function resolvePointer(root: JsonSchema, reference: string): Json | undefined {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let value: Json | undefined = root
  for (const part of reference.slice(2).split('/')) {
    const key = decodePart(part)
    if (isList(value)) value = value[Number(key)]
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

/** A part of a pointer in the fragment of an address: RFC 6901, section 6. */
function decodePart(part: string): string {
  return decodePercent(part).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decodePercent(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
