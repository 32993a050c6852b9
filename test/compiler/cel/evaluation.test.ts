import { describe, expect, test } from 'vitest'
import { createCelEnvironment } from '../../../src/compiler/cel/environment.ts'
import { evaluateCondition, evaluateJson, ExpressionError } from '../../../src/compiler/cel/expression.ts'

const environment = createCelEnvironment({
  args: {
    type: 'object',
    properties: {
      amount: { type: 'number' },
      reason: { type: 'string' },
      lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
      first: { type: 'object', properties: { sku: { type: 'string' } } },
    },
    required: ['amount'],
  },
  context: true,
  agent: { type: 'string' },
})

function condition(expression: string, values: Record<string, unknown>): boolean {
  return evaluateCondition(environment.compile(expression), values)
}

describe('conditions', () => {
  test('read the values given', () => {
    const compiled = environment.compile(
      'args.amount > 100.0 || (has(context.tier) && context.tier == "free")',
    )
    expect(evaluateCondition(compiled, { args: { amount: 101 }, context: {} })).toBe(true)
    expect(evaluateCondition(compiled, { args: { amount: 1 }, context: { tier: 'free' } })).toBe(true)
    expect(evaluateCondition(compiled, { args: { amount: 1 }, context: {} })).toBe(false)
  })

  test('objects compare by content, also inside lists', () => {
    const args = { amount: 1, lines: [{ sku: 'a' }, { sku: 'b' }], first: { sku: 'b' } }
    expect(condition('args.lines[1] in args.lines.filter(line, line.sku == "b")', { args })).toBe(true)
    expect(condition('args.lines[1] == args.lines[0]', { args })).toBe(false)
    expect(condition('dyn(args.first) in args.lines', { args })).toBe(true)
    expect(condition('args.first == {"sku": "b"}', { args })).toBe(true)
    expect(condition('"sku" in args.first && size(args.first) == 1', { args })).toBe(true)
    expect(condition('context == {"a": [1, {"b": 2.0}]}', { context: { a: [1.0, { b: 2 }] } })).toBe(true)
  })

  test('a property of an open schema that nothing declares can be read', () => {
    expect(condition('args.extra == 7', { args: { amount: 1, extra: 7 } })).toBe(true)
  })

  test('a variable that is not read need not be there', () => {
    expect(condition('agent == "triage"', { agent: 'triage' })).toBe(true)
  })
})

describe('failures are errors that name expression and reason', () => {
  test.each([
    ['args.reason == "x"', { args: { amount: 1 } }, 'there is no "reason".'],
    ['context.a.b == 1', { context: {} }, 'there is no "a".'],
    ['context.x', { context: { x: 'yes' } }, 'it gave neither true nor false.'],
    [
      'args.amount > 1',
      { args: { amount: 'many' } },
      "Field 'amount' is not of type 'double', got 'string'.",
    ],
    ['args.amount > 1', {}, 'Unknown variable: args.'],
    ['context.x > 1', { context: { x: 'a' } }, 'no such overload: dyn<string> > int.'],
    ['context.x[3] == 1', { context: { x: [1] } }, 'index out of bounds, index 3 >= size 1.'],
  ])('%s', (expression, values, reason) => {
    const compiled = environment.compile(expression)
    expect(() => evaluateCondition(compiled, values)).toThrow(new ExpressionError(expression, reason))
  })

  test('an evaluation that would not end is ended', () => {
    const values = {
      context: { text: `${'a'.repeat(60)}b`, list: Array.from({ length: 3000 }, (_, index) => index) },
    }
    expect(() => condition('context.text.matches("^(a+)+$")', values)).toThrow('took longer than 1000 ms.')
    const loops = 'context.list.all(x, context.list.all(y, context.list.all(z, x + y + z >= 0)))'
    expect(() => condition(loops, values)).toThrow('took longer than 1000 ms.')
  })

  test('an expression with an error is not prepared', () => {
    expect(() => environment.compile('args.amount > "x"')).toThrow(ExpressionError)
    expect(() => environment.compile('args.')).toThrow(ExpressionError)
  })

  test('arguments nested too deep to convert are an error, not a crash', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(() => condition('context.x == 1', { context: { x: deep } })).toThrow(ExpressionError)
  })
})

describe('keys with a meaning in JavaScript are data', () => {
  const hostile: unknown = JSON.parse(
    '{"__proto__": {"admin": true}, "constructor": "c", "hasOwnProperty": 1}',
  )

  test.each([
    ['has(context.admin)', false],
    ['context.constructor == "c"', true],
    ['context.hasOwnProperty == 1', true],
    ['context["__proto__"].admin', true],
    ['"__proto__" in context', true],
    ['"toString" in context', false],
    ['has(context.valueOf)', false],
    ['size(context) == 3', true],
  ])('%s', (expression, expected) => {
    expect(condition(expression, { context: hostile })).toBe(expected)
  })

  test('in declared objects too', () => {
    const args: unknown = JSON.parse('{"amount": 1, "constructor": 5, "__proto__": {"reason": "x"}}')
    expect(condition('has(args.reason)', { args })).toBe(false)
    expect(condition('args.constructor == 5', { args })).toBe(true)
  })
})

describe('results as data', () => {
  const any = createCelEnvironment({ args: true })
  test.each([
    ['args', { a: 1, b: [1.5, 'x', null, true] }],
    [
      '{"id": args.a, "list": args.b.map(x, x), "none": null}',
      { id: 1, list: [1.5, 'x', null, true], none: null },
    ],
    ['args.a + 1', 2],
    ['timestamp("2026-01-01T00:00:00Z")', '2026-01-01T00:00:00.000Z'],
    ['duration("90s")', '90s'],
  ])('%s', (expression, expected) => {
    const values = { args: { a: 1, b: [1.5, 'x', null, true] } }
    expect(evaluateJson(any.compile(expression), values)).toEqual(expected)
  })

  test.each([['9007199254740993'], ['b"x"'], ['type(1)']])('%s has no JSON form', (expression) => {
    expect(() => evaluateJson(any.compile(expression), {})).toThrow(ExpressionError)
  })
})
