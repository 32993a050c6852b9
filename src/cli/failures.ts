/** Failures that only the command line knows; those of runs are in src/runtime/failures.ts. */
import type { Diagnostic } from '../spec/diagnostic.ts'

/** The spec of a command that needs a valid one is not: exit code 2. */
export class SpecInvalid extends Error {
  override readonly name = 'SpecInvalid'
  readonly code = 'spec_invalid'
  readonly diagnostics: readonly Diagnostic[]
  /** The diagnostics with their code frames, for people. */
  readonly report: string

  constructor(message: string, diagnostics: readonly Diagnostic[], report: string) {
    super(message)
    this.diagnostics = diagnostics
    this.report = report
  }
}

/** The command could not do its work: the disk or the network is in the way. Exit code 1. */
export class WorkFailure extends Error {
  override readonly name = 'WorkFailure'
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** Stopped by a signal before there was a run to save: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly code = 'interrupted'
}
