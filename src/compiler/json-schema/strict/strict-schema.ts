/** A schema as it is sent in strict mode, and the way back for the values a model gives. */
import { isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import type { JsonSchema } from '../../program.ts'
import { convert } from './convert.ts'
import type { StrictProblem } from './convert.ts'
import { restore } from './restore.ts'

export interface StrictSchema {
  readonly schema: JsonObject
  /** A value in the author's words: without the nulls the conversion made the model write. */
  restore(value: Json): Json
}

/** What keeps a schema from being sent in strict mode; nothing when it can be. */
export function strictProblems(schema: JsonSchema): readonly StrictProblem[] {
  return isJsonObject(schema)
    ? convert(schema).problems
    : [{ path: [], rule: 'wants "type: object" at the root' }]
}

/** `null` when the schema cannot be sent in strict mode. */
export function toStrictSchema(schema: JsonSchema): StrictSchema | null {
  if (!isJsonObject(schema)) return null
  const { schema: converted, problems } = convert(schema)
  if (problems.length > 0) return null
  return { schema: converted, restore: (value) => restore(schema, value) }
}
