/** What the language has and the runtime does not do yet. The table shrinks as the runtime grows. */
import { valueAt } from '../spec/document.ts'
import { toPointer } from '../spec/path.ts'
import type { Path } from '../spec/path.ts'
import { isJsonObject } from '../util/json.ts'
import type { Json, JsonObject } from '../util/json.ts'
import type { Program } from './program.ts'
import { findPlaces, patterns } from './resolve/places.ts'
import { programJson } from './spec-hash.ts'

/** A part of a Program that would have an effect, if there were a runtime for it. */
export interface UnsupportedKey {
  /** Into the Program. */
  readonly pointer: string
  readonly key: string
  readonly message: string
}

/** A row: where, and whether the value there has an effect. */
type Row = readonly [place: string, hasEffect: (value: Json) => boolean]

const isNot =
  (fallback: Json) =>
  (value: Json): boolean =>
    value !== fallback

const toolTypes: ReadonlySet<Json> = new Set([
  'function',
  'agent',
  'http',
  'shell',
  'apply_patch',
  'hosted_mcp',
  'web_search',
  'file_search',
  'code_interpreter',
  'image_generation',
])

const unsupported: readonly Row[] = [
  ['tools.*.type', (value) => !toolTypes.has(value)],
  ['tools.*.defer_loading', isNot(false)],
]

/**
 * The keys of a Program that `run` must refuse, in the order of the table. Tools that no agent uses have no effect.
 */
export function unsupportedKeys(program: Program): readonly UnsupportedKey[] {
  const json = programJson(program)
  const found: UnsupportedKey[] = []
  for (const [place, hasEffect] of unsupported) {
    for (const { path, value } of findPlaces(json, patterns(place))) {
      if (isUsed(json, path) && hasEffect(value)) found.push(describe(path, value))
    }
  }
  return found
}

/** The places of the table, as `session.store`, without those of the types of tools. */
export function unsupportedPlaces(): readonly string[] {
  return unsupported
    .map(([place]) => place.replaceAll('*', '<name>'))
    .filter((place) => place !== 'tools.<name>.type')
}

/** Whether `run` can carry out tools of this type. */
export function isSupportedToolType(type: string): boolean {
  return toolTypes.has(type)
}

function isUsed(program: Json, [section, name]: Path): boolean {
  if (section !== 'tools') return true
  return Object.values(objectAt(program, 'agents')).some((agent) => {
    const used = isJsonObject(agent) ? agent['tools'] : []
    return Array.isArray(used) && used.includes(name)
  })
}

function objectAt(program: Json, key: string): JsonObject {
  const value = valueAt(program, [key])
  return isJsonObject(value) ? value : {}
}

function describe(path: Path, value: Json): UnsupportedKey {
  const key = String(path.findLast((part) => typeof part === 'string'))
  const shown = typeof value === 'string' ? `: ${value}` : ''
  return { pointer: toPointer(path), key, message: `"${key}${shown}" is not supported yet` }
}
