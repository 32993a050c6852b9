/** The identity of a spec. */
import { invariant } from '../util/invariant.ts'
import { isJsonObject } from '../util/json.ts'
import type { JsonObject } from '../util/json.ts'
import { hashJson } from '../util/sha256.ts'
import type { Program } from './program.ts'

/** A Program as plain JSON: members that are `undefined` are gone. */
export function programJson(program: Program): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(program))
  invariant(isJsonObject(json), 'a Program is an object')
  return json
}

/** The spec hash: `sha256:` of the Program's canonical bytes (RFC 8785). Equal meaning, equal hash. */
export function specHash(program: Program): string {
  return hashJson(programJson(program))
}
