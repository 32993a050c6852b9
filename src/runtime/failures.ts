/**
 * Failures of runs, as classes by what the runner does with them. They carry ids and a cause, never a state.
 * Mistakes in specs are diagnostics (src/spec/diagnostic.ts); bugs are invariants (src/util/invariant.ts).
 */
import type { RetryCause } from '../compiler/program-models.ts'
import type { RunError } from './state/events.ts'

/** Ends a run with an error that is journaled: `run.failed`. */
export class RunFailure extends Error {
  override readonly name: string = 'RunFailure'
  readonly error: RunError
  /** Model attempts that the failed step cost. */
  readonly attempts: number | undefined

  constructor(error: RunError, options: { cause?: unknown; attempts?: number } = {}) {
    super(error.message, { cause: options.cause })
    this.error = error
    this.attempts = options.attempts
  }
}

/** One attempt at a model call failed. `retryable` names the cause a retry policy can allow. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure'
  readonly retryable: RetryCause | null
  /** HTTP status, when there was one. */
  readonly status: number | null
  /** Milliseconds the provider asked us to wait. */
  readonly retryAfter: number | null
  /** `model_error`, `model_behavior_error`, `model_refusal`. */
  readonly code: string
  /** Attempts made, this one included. */
  readonly attempts: number

  constructor(
    message: string,
    details: {
      code?: string
      attempts?: number
      retryable?: RetryCause | null
      status?: number | null
      retryAfter?: number | null
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: details.cause })
    this.code = details.code ?? 'model_error'
    this.attempts = details.attempts ?? 1
    this.retryable = details.retryable ?? null
    this.status = details.status ?? null
    this.retryAfter = details.retryAfter ?? null
  }
}

/**
 * The caller asked for something that is invalid (a document, a flag, an id that does not exist). Nothing was
 * journaled. The command line ends with exit code 2.
 */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** Somebody else drives the run, the decision is made otherwise, the run has ended: exit code 3. */
export class ConflictFailure extends Error {
  override readonly name = 'ConflictFailure'
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** The store could not do its work (locked, full, not a database, written by a newer release): exit code 1. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure'
  readonly code = 'store_error'
  readonly hint: string | undefined

  constructor(message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, { cause: options.cause })
    this.hint = options.hint
  }
}
