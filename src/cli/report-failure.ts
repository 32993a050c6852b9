/** From a failure to what people and programs see of it, and its exit code. */
import { InternalError } from '../util/invariant.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { ConflictFailure, RunFailure, StoreFailure, UsageFailure } from '../runtime/failures.ts'
import { EXIT } from './exit-codes.ts'
import type { ExitCode } from './exit-codes.ts'
import { Interrupted, SpecInvalid, WorkFailure } from './failures.ts'
import type { Output } from './output.ts'
import { printable } from './terminal/printable.ts'
import { messageOf } from '../util/message-of.ts'

interface Failure {
  readonly exitCode: ExitCode
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly diagnostics?: readonly Diagnostic[]
  /** A longer text for people, shown before the message. */
  readonly report?: string
}

/** Says on stderr what went wrong, with `--json` also on stdout, and returns the exit code. */
export function reportFailure(output: Output, error: unknown): ExitCode {
  const failure = describeFailure(error)
  if (failure.report !== undefined) output.tell(failure.report)
  output.tell(`${output.err.bold(output.err.red('error:'))} ${printable(failure.message)}`)
  if (failure.hint !== undefined) output.tell(`  ${output.err.cyan('hint:')} ${printable(failure.hint)}`)
  if (output.verbose && error instanceof Error) output.tell(output.err.dim(stackOf(error)))
  if (output.json) {
    const { code, message, hint, diagnostics } = failure
    output.printJson({
      error: {
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(diagnostics === undefined ? {} : { diagnostics }),
      },
    })
  }
  return failure.exitCode
}

function describeFailure(error: unknown): Failure {
  if (error instanceof SpecInvalid) return { ...pick(error), exitCode: EXIT.invalid, ...reportOf(error) }
  if (error instanceof UsageFailure) return { ...pick(error), exitCode: EXIT.invalid }
  if (error instanceof ConflictFailure) return { ...pick(error), exitCode: EXIT.conflict }
  if (error instanceof StoreFailure) return { ...pick(error), exitCode: EXIT.failed }
  if (error instanceof WorkFailure) return { ...pick(error), exitCode: EXIT.failed }
  if (error instanceof Interrupted) return { ...pick(error), exitCode: EXIT.interrupted }
  if (error instanceof RunFailure) {
    return { code: error.error.code, message: error.message, exitCode: EXIT.failed }
  }
  return describeBug(error)
}

function pick(error: {
  code: string
  message: string
  hint?: string | undefined
}): Omit<Failure, 'exitCode'> {
  return { code: error.code, message: error.message, hint: error.hint }
}

function reportOf(error: SpecInvalid): Pick<Failure, 'diagnostics' | 'report'> {
  return { diagnostics: error.diagnostics, ...(error.report === '' ? {} : { report: error.report }) }
}

function describeBug(error: unknown): Failure {
  const message = messageOf(error)
  const known = error instanceof InternalError
  return {
    exitCode: EXIT.failed,
    code: 'internal_error',
    message: known ? message : `${message} (this is a bug in agentspec, please report it)`,
    hint: 'Run it again with --verbose to see where it happened',
  }
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
