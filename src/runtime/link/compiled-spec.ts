/** What a run needs of the compiler. */
import type { SpecLock } from '../../compiler/lock/spec-lock.ts'
import type { Program } from '../../compiler/program.ts'

/** A compiled spec as a run needs it. `compileFile` gives all of it. */
export interface CompiledSpec {
  readonly program: Program
  readonly hash: string
  /** Absolute path of the spec's folder: npm packages of tool modules are resolved from it, `.env` is read in it. */
  readonly baseDir: string
  /** The YAML texts the Program was compiled from, by path from the root spec; archived for places in messages. */
  readonly sources: Readonly<Record<string, string>>
  /** What the tools of its servers may be; `null`: anything. Absent where it is not known, as for an archived spec. */
  readonly lock?: SpecLock | null
}
