/** Joins the schemas of events and of state documents, so that one generated validator knows both. */
import type { Schema } from './gen-schema.ts'

/** How the schema of documents refers to that of events. */
const EVENT_FILE = 'event.v1.schema.json'

/** The schema of state documents with everything it refers to in its own `$defs`; events themselves are `event`. */
export function joinStateSchema(event: Schema, state: Schema): Schema {
  const { $defs: eventParts = {}, ...eventRoot } = event
  const { $defs: stateParts = {}, ...stateRoot } = state
  const names = [...Object.keys(eventParts), ...Object.keys(stateParts), 'event']
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`both schemas define "${twice}"`)
  return localized({ ...stateRoot, $defs: { event: eventRoot, ...eventParts, ...stateParts } })
}

function localized<T>(value: T): T
function localized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localized)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' ? localRef(String(member)) : localized(member),
    ]),
  )
}

function localRef(ref: string): string {
  if (ref === EVENT_FILE) return '#/$defs/event'
  return ref.startsWith(`${EVENT_FILE}#`) ? ref.slice(EVENT_FILE.length) : ref
}
