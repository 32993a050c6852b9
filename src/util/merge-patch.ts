/** JSON merge patches (RFC 7396): the smallest way to say what changed in an object. */
import { isJsonObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** The target after the patch; the target itself is not changed. `null` in a patch removes a key. */
export function applyMergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const merged = new Map<string, Json>(isJsonObject(target) ? Object.entries(target) : [])
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) merged.delete(key)
    else merged.set(key, applyMergePatch(merged.get(key) ?? null, member))
  }
  return Object.fromEntries(merged)
}

/**
 * The patch that makes `after` of `before`; `null` when nothing changed. A member that became `null` counts as removed:
 * a merge patch cannot say otherwise (RFC 7396, section 1).
 */
export function createMergePatch(before: JsonObject, after: JsonObject): JsonObject | null {
  const patch = new Map<string, Json>()
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key) || after[key] === undefined) patch.set(key, null)
  }
  for (const [key, value] of Object.entries(after)) {
    const change = changeOf(Object.hasOwn(before, key) ? before[key] : undefined, value)
    if (change !== undefined) patch.set(key, change)
  }
  return patch.size === 0 ? null : Object.fromEntries(patch)
}

/** What a patch says of one member; `undefined` for one that stays as it is. */
function changeOf(before: Json | undefined, after: Json): Json | undefined {
  if (before === after) return undefined
  if (isJsonObject(before) && isJsonObject(after)) return createMergePatch(before, after) ?? undefined
  if (before === undefined) return after === null ? undefined : after
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : after
}
