/** Every small way to damage a JSON document. */
import type { Json, JsonObject } from '../../../src/util/json.ts'
import { isJsonArray, isJsonObject } from '../../../src/util/json.ts'

export interface Mutation {
  readonly what: string
  readonly kind: 'removed' | 'retyped' | 'altered' | 'added' | 'swapped' | 'repeated'
  /** JSON pointer of the place. */
  readonly pointer: string
  readonly document: Json
}

type Path = readonly (string | number)[]

/** Every mutation of every place of a document, one at a time. */
export function* mutationsOf(document: Json): Iterable<Mutation> {
  const places = [...placesOf(document, [])]
  const words = wordsByKey(document, places)
  for (const path of places) {
    yield* mutationsAt(document, path)
    yield* borrowingsAt(document, path, words)
  }
}

/** The strings and numbers of a document, but for times, by the key they stand under: what looks right in another place. */
function wordsByKey(document: Json, places: readonly Path[]): ReadonlyMap<string, ReadonlySet<Json>> {
  const words = new Map<string, Set<Json>>()
  for (const path of places) {
    const value = at(document, path)
    if ((typeof value !== 'string' && typeof value !== 'number') || keyOf(path) === 'at') continue
    words.set(keyOf(path), (words.get(keyOf(path)) ?? new Set()).add(value))
  }
  return words
}

function* borrowingsAt(
  document: Json,
  path: Path,
  words: ReadonlyMap<string, ReadonlySet<Json>>,
): Iterable<Mutation> {
  const value = at(document, path)
  if (typeof value !== 'string' && typeof value !== 'number') return
  const pointer = `/${path.join('/')}`
  for (const other of words.get(keyOf(path)) ?? []) {
    if (other === value) continue
    const what = `${pointer} is ${JSON.stringify(other)}, as elsewhere`
    yield { what, kind: 'altered', pointer, document: replaced(document, path, other) }
  }
}

function keyOf(path: Path): string {
  return path.findLast((step) => typeof step === 'string') ?? ''
}

/** Every place but the root. */
function* placesOf(value: Json, path: Path): Iterable<Path> {
  if (path.length > 0) yield path
  if (isJsonArray(value))
    for (const [index, member] of value.entries()) yield* placesOf(member, [...path, index])
  else if (isJsonObject(value))
    for (const [key, member] of Object.entries(value)) yield* placesOf(member, [...path, key])
}

function* mutationsAt(document: Json, path: Path): Iterable<Mutation> {
  const last = path.at(-1)
  const value = at(document, path)
  const pointer = `/${path.join('/')}`
  const changed = (kind: Mutation['kind'], how: string, next: Json | undefined): Mutation => ({
    what: `${pointer} ${how}`,
    kind,
    pointer,
    document: replaced(document, path, next),
  })
  if (typeof last === 'string') yield changed('removed', 'removed', undefined)
  for (const other of othersThan(value)) yield changed('retyped', `is ${JSON.stringify(other)}`, other)
  if (typeof value === 'string') yield changed('altered', 'has another text', `${value}x`)
  if (typeof value === 'number') {
    for (const next of [value + 1, -1, 0.5]) if (next !== value) yield changed('altered', `is ${next}`, next)
  }
  if (typeof value === 'boolean') yield changed('altered', `is ${!value}`, !value)
  if (isJsonObject(value)) yield changed('added', 'has a key more', { ...value, unknown_key: 1 })
  if (isJsonArray(value)) {
    for (let index = 0; index < value.length; index++) {
      yield changed('removed', `lacks entry ${index}`, value.toSpliced(index, 1))
      yield changed('repeated', `has entry ${index} twice`, value.toSpliced(index, 0, value[index] ?? null))
      const next = value[index + 1]
      if (next === undefined || JSON.stringify(next) === JSON.stringify(value[index])) continue
      yield changed(
        'swapped',
        `has entries ${index} and ${index + 1} swapped`,
        value.toSpliced(index, 2, next, value[index] ?? null),
      )
    }
  }
}

function othersThan(value: Json): readonly Json[] {
  const samples: readonly Json[] = [null, true, 7, 'text', [], {}]
  return samples.filter((sample) => typeOf(sample) !== typeOf(value))
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function at(value: Json, path: Path): Json {
  let found = value
  for (const step of path) {
    if (isJsonArray(found)) found = found[Number(step)] ?? null
    else if (isJsonObject(found)) found = found[String(step)] ?? null
  }
  return found
}

/** A copy with another value at a place; `undefined` removes it. */
function replaced(value: Json, [step, ...rest]: Path, next: Json | undefined): Json {
  if (step === undefined) return next ?? null
  if (isJsonArray(value)) {
    return value.map((member, index) => (index === step ? replaced(member, rest, next) : member))
  }
  const entries = Object.entries(value as JsonObject).flatMap(([key, member]): [string, Json][] => {
    if (key !== step) return [[key, member]]
    return rest.length === 0 && next === undefined ? [] : [[key, replaced(member, rest, next)]]
  })
  return Object.fromEntries(entries)
}
