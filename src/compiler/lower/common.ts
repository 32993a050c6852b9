/** Small steps that lowering repeats: durations, extension keys, handlers, failure texts. */
import type {
  FailureTextSpec,
  HandlerRefSpec,
  JsonSchemaOrFileSpec,
} from '../../spec/spec-types.generated.ts'
import { parseDuration } from '../../util/duration.ts'
import { invariant } from '../../util/invariant.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { HandlerReference, JsonSchema } from '../program.ts'
import type { FailureText } from '../program-failure.ts'

/** Milliseconds of a duration that the schema has accepted. */
export function toMilliseconds(written: string | number): number {
  const duration = parseDuration(written)
  invariant(duration !== undefined, `a duration that is none: ${written}`)
  return duration
}

/** Milliseconds, or `undefined` where there is no duration. */
export function optionalMilliseconds(written: string | number | undefined): number | undefined {
  return written === undefined ? undefined : toMilliseconds(written)
}

/** Keys whose value is the user's data, in which `x-` has no meaning of ours (a header, say). */
const dataKeys: ReadonlySet<string> = new Set([
  'arguments',
  'body',
  'content',
  'env',
  'expect',
  'extra_body',
  'extra_headers',
  'extra_query',
  'filters',
  'final_output',
  'headers',
  'items',
  'map_arguments',
  'metadata',
  'needs_approval',
  'parameters',
  'query',
  'rename_agents',
  'rename_tools',
  'require_approval',
  'schema',
  'set_context',
  'skills',
  'svg',
  'thread_options',
  'tool_meta',
  'variables',
])

/** The members that are part of the language, at any depth: a spec's own `x-` keys are not part of the Program. */
export function withoutExtensions(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  const members: Record<string, Json> = {}
  for (const [key, value] of Object.entries(object)) {
    if (key.startsWith('x-') || value === undefined) continue
    members[key] = dataKeys.has(key) ? value : cleaned(value)
  }
  return members
}

function cleaned(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => cleaned(item))
  return isJsonObject(value) ? withoutExtensions(value) : value
}

/** A handler reference without anything else. */
export function toHandler(reference: HandlerRefSpec): HandlerReference {
  return { handler: reference.handler }
}

/** A schema: files are inlined by now. */
export function toSchema(schema: JsonSchemaOrFileSpec): JsonSchema {
  return schema
}

/** `null` fails the run; absent, the texts of the reference are used. */
export function toFailureText(written: FailureTextSpec | undefined): FailureText {
  if (written === undefined) return { kind: 'default' }
  if (written === null) return { kind: 'raise' }
  return written.handler === undefined
    ? { kind: 'message', template: written.message }
    : { kind: 'handler', handler: written.handler }
}

/** An agent's name as part of a function name: what is not a letter, digit or `_` becomes `_`, in lower case. */
export function toFunctionName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_').toLowerCase()
}
