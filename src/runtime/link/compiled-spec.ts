/** What a run needs of the compiler. */
import type { Program } from '../../compiler/program.ts'

/** A compiled spec as a run needs it. `compileFile` gives all of it. */
export interface CompiledSpec {
  readonly program: Program
  readonly hash: string
  /** Absolute path of the spec's folder: npm packages of tool modules are resolved from it, `.env` is read in it. */
  readonly baseDir: string
  /** The YAML texts the Program was compiled from, by path from the root spec; archived for places in messages. */
  readonly sources: Readonly<Record<string, string>>
}
