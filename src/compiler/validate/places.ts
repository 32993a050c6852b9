/** Where in a file a key belongs. */
import type { DocumentKind } from './mistake.ts'

/** The keys that a map of the schema may have. */
export function keysAt({ places }: DocumentKind, schemaPath: string): readonly string[] {
  return places[schemaPath]?.keys ?? []
}

/**
 * The places other than this one where a key belongs, in words (`under "run"`): at most two, the nearest first: those
 * that share most of their way with this one, then the least deep.
 */
export function otherPlacesOf(kind: DocumentKind, key: string, schemaPath: string): readonly string[] {
  const { places } = kind
  const here = places[schemaPath]?.at[0]?.place ?? ''
  const variants = new Map<string, string[]>()
  for (const [path, { at, keys }] of Object.entries(places)) {
    if (path === schemaPath || !keys.includes(key)) continue
    for (const { place, variant } of at) {
      const known = variants.get(place) ?? []
      variants.set(place, variant === undefined ? known : [...known, variant])
    }
  }
  return [...variants]
    .map(([place, kinds]) => ({ place, kinds, shared: sharedParts(place, here), depth: parts(place).length }))
    .sort((a, b) => b.shared - a.shared || a.depth - b.depth)
    .slice(0, 2)
    .map(({ place, kinds }) => inWords(kind, place, kinds))
}

function parts(place: string): readonly string[] {
  return place === '' ? [] : place.replaceAll('[]', '.[]').split('.')
}

function sharedParts(place: string, other: string): number {
  const [left, right] = [parts(place), parts(other)]
  const different = left.findIndex((part, index) => part !== right[index])
  return different === -1 ? left.length : different
}

function inWords({ whole }: DocumentKind, place: string, variants: readonly string[]): string {
  if (place === '') return `at the top level of ${whole}`
  const kinds = variants.length > 0 && variants.length <= 3 ? ` with "${variants.join('" or "')}"` : ''
  return `under "${place}"${kinds}`
}
