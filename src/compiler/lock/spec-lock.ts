/** The lock file of a spec: what the tools of its MCP servers were when somebody last looked at them. */
import { canonicalJson } from '../../util/canonical-json.ts'
import { compact } from '../../util/compact.ts'
import { parseJson } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { hashJson } from '../../util/sha256.ts'

/** What a server says a tool is. What it does not say is left out. */
export interface ToolDescription {
  readonly description: string
  readonly input_schema: JsonObject
  readonly output_schema?: JsonObject
  readonly annotations?: JsonObject
}

export interface LockedTool extends ToolDescription {
  /** Of its name and its description in every part. */
  readonly hash: string
}

export interface LockedServer {
  /** What it calls itself. */
  readonly name: string
  readonly version: string
  readonly protocol: string | null
  /** By the names that the server gives them. */
  readonly tools: Readonly<Record<string, LockedTool>>
}

export interface SpecLock {
  readonly schema_version: 1
  /** By the names of the spec. */
  readonly servers: Readonly<Record<string, LockedServer>>
}

/** `support.lock.json` for `support.yaml`, in the same folder. */
export function lockFileOf(specFile: string): string {
  return `${specFile.replace(/\.ya?ml$/i, '')}.lock.json`
}

/** A tool with its hash, as a lock holds it. */
export function lockedTool(name: string, described: ToolDescription): LockedTool {
  const { description, input_schema, output_schema, annotations } = described
  const parts = compact({ description, input_schema, output_schema, annotations })
  return { ...parts, hash: hashJson({ name, ...parts }) }
}

/** The text of the file: the same for equal locks, a value a line, keys sorted. */
export function lockText(lock: SpecLock): string {
  return `${JSON.stringify(parseJson(canonicalJson(lock)), null, 2)}\n`
}

/** A member of a map whose keys are names that others chose. */
export function memberOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}
