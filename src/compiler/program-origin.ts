/** Where a Program was compiled from: beside the data, not part of it, so that equal Programs stay equal. */
import { isJsonObject } from '../util/json.ts'
import type { SpecLock } from './lock/spec-lock.ts'
import type { Program } from './program.ts'

export interface ProgramOrigin {
  /** Absolute path of the root spec's folder. */
  readonly baseDir: string
  /** The YAML texts by path relative to that folder. */
  readonly sources: Readonly<Record<string, string>>
  /** The lock file beside the spec. */
  readonly lock: SpecLock | null
}

const ORIGIN = Symbol.for('agentspec.program.origin')

/** The same Program, remembering its origin. Copies and JSON do not carry it. */
export function withOrigin(program: Program, origin: ProgramOrigin): Program {
  return Object.defineProperty(program, ORIGIN, { value: origin, enumerable: false })
}

export function originOf(program: Program): ProgramOrigin | undefined {
  const origin: unknown = Reflect.get(program, ORIGIN)
  return isOrigin(origin) ? origin : undefined
}

function isOrigin(value: unknown): value is ProgramOrigin {
  return isJsonObject(value) && typeof value['baseDir'] === 'string' && isJsonObject(value['sources'])
}
