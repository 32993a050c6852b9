/** Bugs of ours, kept apart from mistakes in specs (diagnostics) and failures of runs (typed errors). */

/** A broken assumption of agentspec itself. Never the user's fault. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
}

/** Throws `InternalError` when `condition` does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(`${message} (this is a bug in agentspec, please report it)`)
}

/** The end of an exhaustive `switch`. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`)
}
