/** Writes the JSON text of a request piece by piece, so that what never changes is serialized only once. */
import { ModelFailure } from '../../failures.ts'
import { isJsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../../compiler/program.ts'
import type { Json, JsonObject } from '../../../util/json.ts'

export interface RequestBody {
  /** Adds a member, unless it is absent or `extra_body` sets it. */
  put(key: string, value: Json | undefined): void
  /** Adds a list whose entries are JSON texts already. */
  putList(key: string, entries: readonly string[]): void
  text(): string
}

/** Members that agentspec depends on itself. */
const RESERVED = new Set(['input', 'messages', 'stream'])

/**
 * A body whose members can be overridden by `extra_body` of the settings.
 *
 * @throws ModelFailure when `extra_body` sets a member that carries the conversation itself.
 */
export function createRequestBody(extra: JsonObject): RequestBody {
  const members: string[] = []
  for (const [key, value] of Object.entries(extra)) {
    if (RESERVED.has(key))
      throw new ModelFailure(`model_settings.extra_body cannot set "${key}": agentspec sets it`)
    members.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`)
  }
  return {
    put: (key, value) => {
      if (value === undefined || value === null || Object.hasOwn(extra, key)) return
      members.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`)
    },
    putList: (key, entries) => {
      if (!Object.hasOwn(extra, key)) members.push(`${JSON.stringify(key)}:[${entries.join(',')}]`)
    },
    text: () => `{${members.join(',')}}`,
  }
}

/** Serializes each object once for as long as it lives: history items are never changed. */
export function createFragmentCache<T extends object>(write: (value: T) => string): (value: T) => string {
  const fragments = new WeakMap<T, string>()
  return (value) => {
    let fragment = fragments.get(value)
    if (fragment === undefined) {
      fragment = write(value)
      fragments.set(value, fragment)
    }
    return fragment
  }
}

/** A setting that is an object; an empty one when it is not set. */
export function objectSetting(settings: JsonObject, key: string): JsonObject {
  const value = settings[key]
  return isJsonObject(value) ? value : {}
}

/** The APIs take an object schema for parameters, not `true` or `false`. */
export function parametersObject(schema: JsonSchema): JsonObject {
  return typeof schema === 'boolean' ? { type: 'object', properties: {} } : schema
}
