/**
 * CEL expressions over typed variables: checked when a spec is compiled, evaluated when it runs. Whatever goes wrong
 * in an evaluation is an `ExpressionError`; a condition that guards something then holds as if it were true.
 */
import type { ASTNode, Environment, ParseError, ParseResult, TypeError } from '@marcbachmann/cel-js'
import { lazy } from '../../util/lazy.ts'
import { createTimeLimit } from '../../util/time-limit.ts'
import { prepareEvaluation } from './evaluation.ts'
import { createExpression, ExpressionError, type CelValues, type CompiledExpression } from './expression.ts'
import { analyseFields, type CelIssue } from './fields.ts'
import { createLibraryBase, createLibraryEnvironment } from './library.ts'
import { describeCelError, describeType } from './messages.ts'
import { allNodes } from './nodes.ts'
import { checkPatterns } from './patterns.ts'
import { shapeOfSchema, type ObjectShape, type Shape } from './shape.ts'
import { createObjectClasses, toCelValue, type ObjectClass } from './values.ts'
import type { CelVariables } from './variables.ts'

export interface CelEnvironment {
  /**
   * Everything that is wrong with an expression, in order of place; it never throws. The result must be a bool
   * unless `result` is `any`.
   */
  check(expression: string, options?: { readonly result?: 'bool' | 'any' }): readonly CelIssue[]
  /**
   * Prepares an expression for evaluation. The caller keeps the result: preparing is far slower than evaluating.
   *
   * @throws ExpressionError when `check` finds an error.
   */
  compile(expression: string): CompiledExpression
}

/** Longer expressions are refused unread. */
const maxExpressionLength = 8192

/** Creates an environment: independent of every other one, and of the order in which it is used. */
export function createCelEnvironment(variables: CelVariables): CelEnvironment {
  return createCelEnvironments({})(variables)
}

/**
 * Makes environments that share some variables, each as independent as those of `createCelEnvironment`. What is shared
 * is declared once, which is most of the work.
 */
export function createCelEnvironments(shared: CelVariables): (own: CelVariables) => CelEnvironment {
  const classOf = createObjectClasses()
  const sharedShapes = shapesOf(shared)
  const base = lazy(createLibraryBase)
  const withShared = lazy(() => createLibraryEnvironment(base(), sharedShapes, new Map(), classOf))
  return (variables) => {
    const ownShapes = shapesOf(variables)
    const shapes = new Map([...sharedShapes, ...ownShapes])
    const declared = lazy(() => createLibraryEnvironment(withShared(), ownShapes, new Map(), classOf))
    const library: Library = (undeclared) =>
      undeclared.size === 0 ? declared() : createLibraryEnvironment(base(), shapes, undeclared, classOf)
    return createEnvironment(shapes, library, classOf)
  }
}

/** The library's environment, with properties declared that open schemas do not name. */
type Library = (undeclared: ReadonlyMap<ObjectShape, ReadonlySet<string>>) => Environment

function shapesOf(variables: CelVariables): ReadonlyMap<string, Shape> {
  return new Map(Object.entries(variables).map(([name, schema]) => [name, shapeOfSchema(schema, name)]))
}

function createEnvironment(
  shapes: ReadonlyMap<string, Shape>,
  library: Library,
  classOf: (shape: ObjectShape) => ObjectClass,
): CelEnvironment {
  const timeLimit = lazy(createTimeLimit)
  return {
    check: (expression, { result = 'bool' } = {}) => {
      const examination = examine(expression, shapes, library)
      const issues = [...examination.issues]
      if (result === 'bool') issues.push(...checkResult(examination.type, expression))
      return issues.sort((a, b) => a.start - b.start)
    },
    compile: (expression) => {
      const { issues, prepared } = examine(expression, shapes, library)
      const error = issues.find((issue) => issue.severity === 'error')
      if (prepared === undefined || error !== undefined) throw new ExpressionError(expression, error?.message)
      prepareEvaluation(prepared.parsed.ast)
      const used = [...shapes].filter(([name]) => prepared.variables.has(name))
      const isSlow = canBeEndless(prepared.parsed.ast)
      const convert = (values: CelValues): ReadonlyMap<string, unknown> => {
        const own = used.filter(([name]) => Object.hasOwn(values, name) && values[name] !== undefined)
        return new Map(own.map(([name, shape]) => [name, toCelValue(values[name], shape, classOf)]))
      }
      return createExpression(expression, prepared.parsed, convert, (task) =>
        isSlow ? timeLimit()(evaluationLimit, task) : task(),
      )
    },
  }
}

/** Milliseconds for one evaluation of an expression that could go on for ever. */
const evaluationLimit = 1000

/** Methods that some values make slow without end: regular expressions, and loops inside loops. */
const slowMethods: ReadonlySet<string> = new Set(['matches', 'all', 'exists', 'exists_one', 'map', 'filter'])

function canBeEndless(ast: ASTNode): boolean {
  return allNodes(ast).some((node) => node.op === 'rcall' && slowMethods.has(node.args[0]))
}

interface Examination {
  readonly issues: readonly CelIssue[]
  /** The CEL type of the result; undefined when there is none. */
  readonly type?: string | undefined
  readonly prepared?: { readonly parsed: ParseResult; readonly variables: ReadonlySet<string> }
}

function examine(expression: string, shapes: ReadonlyMap<string, Shape>, library: Library): Examination {
  const everything = { severity: 'error', start: 0, end: expression.length } as const
  if (expression.trim() === '') return { issues: [{ ...everything, message: 'The expression is empty.' }] }
  if (expression.length > maxExpressionLength) {
    const message = `The expression is longer than ${maxExpressionLength} characters. Move it into a handler.`
    return { issues: [{ ...everything, message }] }
  }
  const first = library(new Map())
  try {
    const read = first.parse(expression)
    const fields = analyseFields(read.ast, shapes)
    const parsed = fields.undeclared.size === 0 ? read : library(fields.undeclared).parse(expression)
    const { type, error } = parsed.check()
    const issues = [...fields.issues, ...checkPatterns(parsed.ast)]
    const known = issues.some((issue) => issue.severity === 'error') && nameErrors.has(error?.code ?? '')
    if (error !== undefined && !known) issues.push(libraryIssue(error, expression, first))
    return { issues, type, prepared: { parsed, variables: fields.variables } }
  } catch (error) {
    if (isCelError(error)) return { issues: [libraryIssue(error, expression, first)] }
    if (error instanceof RangeError)
      return { issues: [{ ...everything, message: 'The expression is nested too deep.' }] }
    throw error
  }
}

/** Errors that `analyseFields` reports better. */
const nameErrors: ReadonlySet<string> = new Set(['unknown_variable', 'no_such_key'])

function libraryIssue(error: ParseError | TypeError, expression: string, library: Environment): CelIssue {
  const functions = library.getDefinitions().functions.map(({ name }) => name)
  const start = Math.min(error.range?.start ?? 0, Math.max(0, expression.length - 1))
  const end = Math.max(start + 1, Math.min(error.range?.end ?? expression.length, expression.length))
  return { severity: 'error', message: describeCelError(error, expression, functions), start, end }
}

function checkResult(type: string | undefined, expression: string): readonly CelIssue[] {
  if (type === undefined || type === 'bool' || type === 'dyn') return []
  const message = `The expression gives ${describeType(type)}; it must give true or false.`
  return [{ severity: 'error', message, start: 0, end: expression.length }]
}

function isCelError(error: unknown): error is ParseError | TypeError {
  return (
    error instanceof Error &&
    (error.name === 'ParseError' || error.name === 'TypeError') &&
    'summary' in error
  )
}
