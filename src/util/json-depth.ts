/** How deep a JSON value is nested, found without recursion: a value of somebody else may be deeper than the stack. */
import type { Json } from './json.ts'

/** True when the value has more levels of lists and objects than `limit`. */
export function isDeeperThan(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const containers = level.filter((member) => typeof member === 'object' && member !== null)
    if (containers.length > 0 && depth >= limit) return true
    level = containers.flatMap((container): readonly Json[] => Object.values(container))
  }
  return false
}
