/** The anchors of one document, in the order in which they are met, and how often aliases repeat them. */
import type { PlacedNode } from '../../spec/document.ts'
import type { Json } from '../../util/json.ts'
import { maxAliases, maxUnfolded } from './limits.ts'

/** A value with its place. `height`: maps and lists inside one another; `weight`: about how many characters it unfolds to. */
export interface Converted {
  readonly value: Json
  readonly node: PlacedNode
  readonly height: number
  readonly weight: number
}

export type Resolved =
  | { readonly kind: 'found'; readonly converted: Converted }
  | { readonly kind: 'unknown' }
  /** The alias stands inside its own anchor. */
  | { readonly kind: 'open' }
  | { readonly kind: 'too many' }

export interface Anchors {
  /** Begins an anchored value; `close` is called with it when it is complete. */
  open(name: string): { close(converted: Converted): void }
  /** Counts one more use of an anchor. */
  resolve(name: string): Resolved
  names(): Iterable<string>
}

interface Anchor {
  converted: Converted | undefined
  /** Uses, its own place included. */
  count: number
  /** The anchors that are repeated inside this one. */
  readonly inside: Set<Anchor>
  /** The largest product of uses inside this one; known once it is used itself. */
  inner: number | undefined
}

/** Makes an empty table. A name that is used again stands for the later value, as in YAML. */
export function createAnchors(): Anchors {
  const anchors = new Map<string, Anchor>()
  const openAnchors: Anchor[] = []
  let unfolded = 0

  const open = (name: string): { close(converted: Converted): void } => {
    const anchor: Anchor = { converted: undefined, count: 1, inside: new Set(), inner: undefined }
    anchors.set(name, anchor)
    openAnchors.push(anchor)
    return {
      close: (converted) => {
        anchor.converted = converted
        openAnchors.pop()
      },
    }
  }
  const resolve = (name: string): Resolved => {
    const anchor = anchors.get(name)
    if (anchor === undefined) return { kind: 'unknown' }
    if (anchor.converted === undefined) return { kind: 'open' }
    anchor.count += 1
    unfolded += anchor.converted.weight
    anchor.inner ??= Math.max(1, ...[...anchor.inside].map((inner) => inner.count * (inner.inner ?? 1)))
    if (anchor.count * anchor.inner > maxAliases || unfolded > maxUnfolded) return { kind: 'too many' }
    for (const outer of openAnchors) outer.inside.add(anchor)
    return { kind: 'found', converted: anchor.converted }
  }
  return { open, resolve, names: () => anchors.keys() }
}
