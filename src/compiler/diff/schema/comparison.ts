/** What the checks of keywords share: what an older schema accepts, the newer one, and where they are. */
import type { Path } from '../../../spec/path.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { Facts } from './facts.ts'
import type { SameMeaning } from './meaning.ts'

/** Values that the older schema accepts and the newer one may refuse. */
export interface Narrowing {
  /** Into the newer schema: the part that refuses. */
  readonly path: Path
  /** `parameters.amount is now required`. */
  readonly what: string
}

export interface Place {
  readonly path: Path
  /** As people write it: `parameters.lines[].amount`. */
  readonly name: string
}

export interface Comparison {
  /** A value that the older schema accepts fits all of these. */
  readonly older: readonly JsonObject[]
  /** What follows from them. */
  readonly facts: Facts
  readonly newer: JsonObject
  readonly place: Place
  readonly isSame: SameMeaning
  /** How the newer schema narrows what fits all the older ones, further inside. */
  readonly compare: (older: readonly Json[], newer: Json, place: Place) => readonly Narrowing[]
}

/** What a keyword of the newer schema refuses of what the older one accepts; nothing when it provably refuses nothing. */
export type KeywordCheck = (value: Json, comparison: Comparison) => readonly Narrowing[]

/** One narrowing at a place. */
export function narrow(place: Place, what: string): readonly Narrowing[] {
  return [{ path: place.path, what: `${place.name} ${what}` }]
}

/** A property of an object. */
export function propertyPlace(place: Place, name: string): Place {
  const suffix = /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
  return { path: [...place.path, 'properties', name], name: place.name + suffix }
}
