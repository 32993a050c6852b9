import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCelEnvironment } from '../../../src/compiler/cel/environment.ts'
import {
  evaluateCondition,
  evaluateJson,
  ExpressionError,
  type CelValues,
} from '../../../src/compiler/cel/expression.ts'
import type { Json } from '../../../src/util/json.ts'

const numbers = {
  type: 'object',
  properties: {
    i: { type: 'integer' },
    n: { type: 'number' },
    ints: { type: 'array', items: { type: 'integer' } },
    nums: { type: 'array', items: { type: 'number' } },
    any: true,
    list: { type: 'array' },
  },
  required: ['i', 'n', 'ints', 'nums', 'any', 'list'],
  additionalProperties: false,
}

const environment = createCelEnvironment({ args: numbers })
const args = { i: 2, n: 2, ints: [1, 2], nums: [1, 2], any: 2, list: [1, 2.5] }

function evaluate(expression: string, values: CelValues = { args }): Json {
  expect(environment.check(expression, { result: 'any' })).toEqual([])
  return evaluateJson(environment.compile(expression), values)
}

describe('operators across int and double', () => {
  test.each([
    ['args.i == args.n', true],
    ['args.n == args.i', true],
    ['args.n == 2', true],
    ['args.n != 2', false],
    ['args.i == 2.0', true],
    ['args.i != 2.5', true],
    ['args.any == 2', true],
    ['args.any == 2.0', true],
    ['args.any == args.n', true],
    ['args.n == args.any', true],
    ['1 == 1.0', true],
    ['args.i < args.n + 1', true],
    ['args.n >= 2', true],
    ['args.i >= 2.5', false],
    ['args.any > 1.5', true],
    ['args.i + args.n', 4],
    ['args.n + args.i', 4],
    ['args.i - 0.5', 1.5],
    ['0.5 - args.i', -1.5],
    ['args.i * 1.5', 3],
    ['args.n * 3', 6],
    ['args.n / 4', 0.5],
    ['args.i / 4', 0],
    ['args.i / 4.0', 0.5],
    ['5 % args.n', 1],
    ['args.n % 1.5', 0.5],
    ['5.5 % args.i', 1.5],
    ['5 % 3', 2],
    ['args.any + 0.5', 2.5],
    ['0.5 + args.any', 2.5],
    ['args.any * args.n', 4],
    ['args.any / 4.0', 0.5],
    ['args.any % 1.5', 0.5],
    ['2 in args.nums', true],
    ['2.0 in args.ints', true],
    ['args.i in args.nums', true],
    ['args.n in args.ints', true],
    ['args.any in args.nums', true],
    ['args.any in args.list', false],
    ['2.5 in args.list', true],
    ['1.0 in args.list', true],
    ['args.n in [1, 2]', true],
    ['args.i in [1.5, 2.0]', true],
    ['2 in [1, 2.5]', false],
    ['3.0 in args.ints', false],
    ['args.ints == args.nums', true],
    ['args.nums == [1, 2]', true],
    ['args.nums != [1, 2]', false],
    ['args.ints == [1.0, 2.5]', false],
  ])('%s is %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })

  test('no two values of any type make an operator ambiguous', () => {
    const values = fc.constantFrom<Json>(
      1,
      1.5,
      'a',
      true,
      null,
      [],
      [1],
      [1.5],
      ['a'],
      [[]],
      [[1]],
      [[1.5]],
      [null],
    )
    const any = createCelEnvironment({ a: true, b: true })
    const operators = ['==', '!=', 'in', '+', '-', '*', '/', '%', '<', '<=', '>', '>=']
    const compiled = operators.map((operator) => any.compile(`a ${operator} b`))
    fc.assert(
      fc.property(values, values, fc.nat(operators.length - 1), (a, b, index) => {
        try {
          compiled[index]?.evaluate({ a, b })
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError)
          expect(String(error)).toMatch(/no such overload|"in" needs|not a finite number|by zero/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('equality of values of unknown type is equality of JSON values', () => {
    const any = createCelEnvironment({ a: true, b: true })
    const equal = any.compile('a == b')
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (value, whole) => {
        const other = whole ? value : value + 0.5
        expect(evaluateCondition(equal, { a: value, b: other })).toBe(value === other)
        expect(evaluateCondition(equal, { a: [value], b: [other] })).toBe(value === other)
      }),
    )
  })
})

describe('the schema decides how a number is taken', () => {
  test('whole values of a number divide like numbers, of an integer like integers', () => {
    const values = { args: { ...args, i: 5, n: 5 } }
    expect(evaluate('args.n / 2', values)).toBe(2.5)
    expect(evaluate('args.i / 2', values)).toBe(2)
  })

  test('without a schema whole numbers are ints', () => {
    const any = createCelEnvironment({ args: true })
    expect(evaluateJson(any.compile('args.x / 2'), { args: { x: 5 } })).toBe(2)
    expect(evaluateJson(any.compile('type(args.x) == double'), { args: { x: 5.5 } })).toBe(true)
  })
})

describe('what has no finite value is an error, never false', () => {
  test.each([
    ['args.n / 0.0 > 1.0'],
    ['(args.n - 2.0) / (args.n - 2.0) > 1.0'],
    ['args.i / 0 > 1'],
    ['args.i % 0 > 1'],
    ['args.i / (args.n - 2) > 1.0'],
    ['args.n % 0 > 1.0'],
    ['double("nan") > 1.0'],
    ['double("inf") < 1.0'],
    ['[0.0].all(x, 1.0 / x < 1.0)'],
    ['1e308 * 10.0 < 1.0'],
    ['9223372036854775807 + args.i > 0'],
  ])('%s', (expression) => {
    const compiled = environment.compile(expression)
    expect(() => evaluateCondition(compiled, { args })).toThrow(/failed: .*(zero|finite|overflow)/)
  })
})
