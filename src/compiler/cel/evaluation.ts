/** Where evaluation differs from the library's: equality and membership across types, and arithmetic that must be finite. */
import { EvaluationError, type ASTNode } from '@marcbachmann/cel-js'
import { invariant } from '../../util/invariant.ts'
import { celEquals, isMember } from './equality.ts'
import { allNodes } from './nodes.ts'

/**
 * Prepares the nodes of a checked expression.
 *
 * `==`, `!=` and `in` compare by value whatever the types. The library picks an overload by the run-time types
 * instead, knows none for int and double inside lists, and refuses to choose where an empty list fits two.
 *
 * Arithmetic and conversions throw for an infinite result or NaN. In CEL `0.0 / 0.0 > 100.0` is false and so is
 * `double("nan") > 100.0`: a condition for an approval would be passed by a division by zero, or by an argument of
 * the model's choosing.
 */
export function prepareEvaluation(ast: ASTNode): void {
  for (const node of allNodes(ast)) {
    if (comparisons.has(node.op)) replaceEvaluation(node, () => compare)
    else if (producers.has(node.op)) replaceEvaluation(node, finite)
  }
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', 'in'])

const producers: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', 'call'])

interface Evaluator {
  run(node: ASTNode, context: unknown): unknown
}

type Evaluate = (evaluator: Evaluator, node: ASTNode, context: unknown) => unknown

function compare(evaluator: Evaluator, node: ASTNode, context: unknown): unknown {
  invariant(node.op === '==' || node.op === '!=' || node.op === 'in', 'only comparisons are compared')
  const left = evaluator.run(node.args[0], context)
  const right = evaluator.run(node.args[1], context)
  if (node.op !== 'in') return celEquals(left, right) === (node.op === '==')
  const member = isMember(left, right)
  if (member !== undefined) return member
  throw new EvaluationError({ code: 'no_such_overload', message: '"in" needs a list or an object', node })
}

function finite(evaluate: Evaluate): Evaluate {
  return (evaluator, node, context) => {
    const result = evaluate(evaluator, node, context)
    if (typeof result !== 'number' || Number.isFinite(result)) return result
    throw new EvaluationError({
      code: 'not_finite',
      message: `the result is not a finite number: ${result}`,
      node,
    })
  }
}

/**
 * How a node is evaluated is data on the node, which the library's own macros replace in the same way; its types do
 * not tell, hence the check.
 */
interface Evaluated {
  readonly meta: { readonly evaluate: Evaluate }
  setMeta(key: 'evaluate', value: Evaluate): unknown
}

function replaceEvaluation(node: ASTNode, replace: (evaluate: Evaluate) => Evaluate): void {
  invariant(hasEvaluate(node), 'the CEL library no longer keeps the evaluation of a node on the node')
  node.setMeta('evaluate', replace(node.meta.evaluate))
}

function hasEvaluate(node: object): node is Evaluated {
  if (!('setMeta' in node) || typeof node.setMeta !== 'function' || !('meta' in node)) return false
  const meta = node.meta
  return (
    typeof meta === 'object' && meta !== null && 'evaluate' in meta && typeof meta.evaluate === 'function'
  )
}
