/** Says in words how a value changed. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { formatDuration } from '../../util/duration.ts'
import { isJsonObject } from '../../util/json.ts'

/** Longer values are named, not shown. */
const LONGEST_SHOWN = 120
const MOST_LISTED = 4

/** `timeout is now 10s, was 5s`; for large values only `instructions changed`. */
export function describeChange(name: string, before: unknown, after: unknown): string {
  if (isJsonObject(before) && isJsonObject(after)) return describeMembers(name, before, after)
  const [was, is] = [show(name, before), show(name, after)]
  if (was === undefined || is === undefined) return `${name} changed`
  if (after === undefined) return `${name} is no longer set (was ${was})`
  return before === undefined ? `${name} is now set to ${is}` : `${name} is now ${is}, was ${was}`
}

function describeMembers(name: string, before: object, after: object): string {
  const [old, young] = [membersOf(before), membersOf(after)]
  const changed = [...new Set([...old.keys(), ...young.keys()])].filter(
    (key) => !isEqual(old.get(key), young.get(key)),
  )
  const [only] = changed
  if (only !== undefined && changed.length === 1) {
    return describeChange(`${name}.${only}`, old.get(only), young.get(only))
  }
  const listed = changed.slice(0, MOST_LISTED).map((key) => `${name}.${key}`)
  return `${listed.join(', ')}${changed.length > MOST_LISTED ? ' and more' : ''} changed`
}

/** The members of an object that are set. */
export function membersOf(object: object): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** Equal as JSON; two values that are not set are equal. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return one === other
  return one === other || canonicalJson(one) === canonicalJson(other)
}

/** In milliseconds in a Program, by what the keys are called from their definition on. */
const durations: ReadonlySet<string> = new Set([
  'budget.duration',
  'connect_timeout',
  'encryption.ttl',
  'expires_after',
  'idle_timeout',
  'retry.backoff.initial',
  'retry.backoff.max',
  'timeout',
])

function show(name: string, value: unknown): string | undefined {
  if (value === undefined) return 'not set'
  if (typeof value === 'number' && durations.has(name)) return formatDuration(value)
  const text = canonicalJson(value)
  return text.length <= LONGEST_SHOWN ? text : undefined
}
