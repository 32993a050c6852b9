/** What compiling a spec gives. */
import type { Diagnostic, Location } from '../spec/diagnostic.ts'
import type { Provenance } from './explain/provenance.ts'
import type { SpecLock } from './lock/spec-lock.ts'
import type { Program } from './program.ts'

interface Compiled {
  readonly diagnostics: readonly Diagnostic[]
  /** Every file that was read, as the user knows it: the root spec, what it includes, then the rest of the closure. */
  readonly files: readonly string[]
  /** The YAML texts by path relative to the root spec's folder, the root first. */
  readonly sources: Readonly<Record<string, string>>
  /** Absolute path of the root spec's folder. */
  readonly baseDir: string
  /** The lock file beside the spec; `null` without one. Not part of the Program: it says what servers were, not what is wanted. */
  readonly lock: SpecLock | null
  /**
   * Where the value at a JSON pointer (into the spec or the Program) is written: the nearest place around it when it is
   * a default. `undefined` when no spec could be read.
   */
  readonly placeOf: (pointer: string) => Location | undefined
}

export interface CompileSuccess extends Compiled {
  readonly ok: true
  readonly program: Program
  /** `sha256:…` of the Program's canonical bytes. */
  readonly hash: string
  /** The value at a JSON pointer (into the Program or the spec), and where it comes from; `undefined` when there is none. */
  readonly provenanceOf: (pointer: string) => Provenance | undefined
}

export interface CompileFailure extends Compiled {
  readonly ok: false
  readonly program?: undefined
  readonly hash?: undefined
}

/** A Program can only be had from a spec without errors. */
export type CompileResult = CompileSuccess | CompileFailure
