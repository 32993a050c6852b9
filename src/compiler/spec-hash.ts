/** The identity of a spec. */
import { hashJson } from '../util/sha256.ts'
import type { Json } from '../util/json.ts'
import type { Program } from './program.ts'

/** A Program as plain JSON: members that are `undefined` are gone. */
export function programJson(program: Program): Json {
  const json: Json = JSON.parse(JSON.stringify(program))
  return json
}

/** The spec hash: `sha256:` of the Program's canonical bytes (RFC 8785). Equal meaning, equal hash. */
export function specHash(program: Program): string {
  return hashJson(programJson(program))
}
