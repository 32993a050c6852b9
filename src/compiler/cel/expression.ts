/** A CEL expression ready to be evaluated, and the two ways to take its result. */
import type { ParseResult } from '@marcbachmann/cel-js'
import type { Json } from '../../util/json.ts'
import { fromCelValue } from './values.ts'

/** Values by the names of an environment's variables; one that is absent must not be read. */
export type CelValues = Readonly<Record<string, unknown>>

export interface CompiledExpression {
  readonly expression: string
  /**
   * The result as CEL has it: ints are `bigint`. Use `evaluateCondition` or `evaluateJson`.
   *
   * @throws ExpressionError
   */
  evaluate(values: CelValues): unknown
}

/** An expression cannot be prepared, or its evaluation failed. The message names the expression and the reason. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'

  constructor(expression: string, reason = 'cannot be read.', options?: { cause?: unknown }) {
    const shown = expression.length > 120 ? `${expression.slice(0, 117)}...` : expression
    super(`The expression ${JSON.stringify(shown)} failed: ${reason}`, options)
  }
}

/** Wraps a parsed expression. `convert` gives the library's form of the values, `limit` ends what takes too long. */
export function createExpression(
  expression: string,
  parsed: ParseResult,
  convert: (values: CelValues) => ReadonlyMap<string, unknown>,
  limit: <T>(task: () => T) => T,
): CompiledExpression {
  return {
    expression,
    evaluate: (values) => {
      try {
        const converted = convert(values)
        return limit((): unknown => parsed(converted))
      } catch (error) {
        throw new ExpressionError(expression, reasonOf(error), { cause: error })
      }
    },
  }
}

/**
 * Evaluates a condition.
 *
 * @throws ExpressionError for a failed evaluation and for a result that is neither true nor false.
 */
export function evaluateCondition(compiled: CompiledExpression, values: CelValues): boolean {
  const result = compiled.evaluate(values)
  if (typeof result === 'boolean') return result
  throw new ExpressionError(compiled.expression, 'it gave neither true nor false.')
}

/**
 * Evaluates an expression whose result is data.
 *
 * @throws ExpressionError for a failed evaluation and for a result that JSON cannot hold.
 */
export function evaluateJson(compiled: CompiledExpression, values: CelValues): Json {
  const result = compiled.evaluate(values)
  try {
    return fromCelValue(result)
  } catch (error) {
    throw new ExpressionError(compiled.expression, reasonOf(error), { cause: error })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error.'
  const reason = 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message
  const absent = /^No such key: (.*)$/s.exec(reason)?.[1]
  if (absent === undefined) return `${reason}.`
  return absent.startsWith('index out of bounds') ? `${absent}.` : `there is no ${JSON.stringify(absent)}.`
}
