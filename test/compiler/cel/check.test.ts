import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCelEnvironment } from '../../../src/compiler/cel/environment.ts'
import { callVariables } from '../../../src/compiler/cel/variables.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'

const orderArgs: JsonSchema = {
  type: 'object',
  properties: {
    order_id: { type: 'integer' },
    amount: { type: 'number' },
    reason: { type: 'string' },
    urgent: { type: 'boolean' },
    kind: { enum: ['full', 'part'] },
    level: { const: 3 },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sku: { type: 'string' }, note: { type: 'string' } },
        required: ['sku'],
      },
    },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    note: { type: ['string', 'null'] },
  },
  required: ['order_id', 'amount', 'kind', 'level', 'lines', 'labels', 'urgent', 'note'],
  additionalProperties: false,
}

const openContext: JsonSchema = {
  type: 'object',
  properties: {
    tier: { enum: ['free', 'pro'] },
    user: { type: 'object', properties: { id: { type: 'string' } } },
  },
  required: ['tier'],
}

const environment = createCelEnvironment({ ...callVariables, args: orderArgs, context: openContext })

/** Each issue as `severity "the text it points at": message`. */
function check(expression: string, result: 'bool' | 'any' = 'bool'): string[] {
  return environment
    .check(expression, { result })
    .map(({ severity, start, end, message }) => `${severity} "${expression.slice(start, end)}": ${message}`)
}

describe('expressions that are right', () => {
  test.each([
    'args.amount > 100.0',
    'args.amount > 100 && args.order_id != 7',
    'args.kind == "full" || args.kind in ["part"]',
    'args.level == 3',
    'args.lines.exists(line, line.sku == "x")',
    'args.lines.all(line, has(line.note) && line.note.contains("x"))',
    'args.lines.filter(line, line.sku == "x").size() > 1',
    'args.labels.colour == "red" || "red" in args.labels',
    'args.note == null || args.note.startsWith("x")',
    'has(args.reason) && args.reason.startsWith("/tmp/") && !args.reason.contains("..")',
    'args.reason == "x" && has(args.reason)',
    '!has(args.reason) || args.reason == "x"',
    'has(args.reason) ? args.reason == "x" : args.urgent',
    '!(has(args.reason) && args.urgent) || args.reason == "x"',
    '"reason" in args && args["reason"] == "x"',
    'has(context.user) && has(context.user.id) && context.user.id == agent',
    'size(args) > 2 && size(args.lines) > 1',
    'tool == "files/read_file" && agent == "triage" && call_id != "" && session_id == null',
    'args.reason.matches("^[a-z]+$") && has(args.reason)',
    'timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")',
    'cel.bind(total, args.amount * 2, total > 10.0)',
    'args.urgent // a comment',
  ])('%s', (expression) => {
    expect(check(expression)).toEqual([])
  })
})

describe('names', () => {
  test('an unknown variable comes with the nearest one', () => {
    expect(check('arg.amount > 1')).toEqual(['error "arg": Unknown variable "arg". Did you mean "args"?'])
  })

  test('an unknown property of a closed schema is an error', () => {
    expect(check('args.amuont > 1')).toEqual([
      'error "amuont": There is no property "amuont". Did you mean "amount"?',
    ])
    expect(check('has(args.amuont)')).toEqual([
      'error "amuont": There is no property "amuont". Did you mean "amount"?',
    ])
    expect(check('args["amuont"] > 1')).toEqual([
      'error ""amuont"": There is no property "amuont". Did you mean "amount"?',
    ])
    expect(check('"amuont" in args')).toHaveLength(1)
  })

  test('an unknown property of an open schema is a warning, and its type is unknown', () => {
    expect(check('context.teir == "pro"')).toEqual([
      'warning "teir": The schema does not declare the property "teir". Did you mean "tier"?',
    ])
    expect(check('has(context.vip) && context.vip > 1')).toHaveLength(2)
  })

  test('every unknown name is reported, and the first mistake of type besides', () => {
    expect(check('foo == 1 && args.bar == 1 && args.amount > "x"').map((line) => line.split(':')[0])).toEqual(
      ['error "foo"', 'error "bar"'],
    )
    expect(check('args.amount > "x" && foo == 1')).toHaveLength(2)
  })

  test('the variable of a macro hides another', () => {
    expect(check('["a"].all(args, args == "a")')).toEqual([])
    expect(check('has(args.reason) && [args].all(args, args.reason == "x")')).toHaveLength(1)
  })
})

describe('optional properties', () => {
  test('an unguarded read is a warning at the property', () => {
    expect(check('args.reason == "x"')).toEqual([
      'warning "reason": "reason" is optional, and the expression fails where it is absent. ' +
        'Guard it: has(args.reason) && ...',
    ])
  })

  test.each([
    ['has(args.reason) || args.reason == "x"'],
    ['!has(args.reason) && args.reason == "x"'],
    ['has(args.reason) ? args.urgent : args.reason == "x"'],
    ['(has(args.reason) || args.urgent) && args.reason == "x"'],
    ['args.lines.all(line, line.note == "x")'],
    ['has(context.user.id)'],
  ])('%s', (expression) => {
    expect(check(expression)).toHaveLength(1)
    expect(check(expression)[0]).toMatch(/^warning "(reason|note|user)"/)
  })
})

describe('types', () => {
  test.each([
    ['args.reason + 1 == "x" && has(args.reason)', '"+" does not work between text and an integer.'],
    ['args.amount > "x"', '">" does not work between a number and text.'],
    ['args.kind == 1', '"==" does not work between text and an integer.'],
    ['!args.amount', '"!" does not work on a number.'],
    ['args.amount && true', '&& and || need true or false on both sides, not a number.'],
    ['args.amount ? true : false', 'The condition must be true or false, not a number.'],
    ['args.kind.includes("f")', 'Unknown function "includes". Did you mean "contains"?'],
    ['args.kind.length > 2', 'Text has no properties; use size(...).'],
    ['args.kind.contains(1)', 'contains() cannot be called on text with an integer.'],
    ['args.lines["a"] == 1', 'A list is indexed by an integer, an object by text; this is text.'],
    ['args.amount', 'The expression gives a number; it must give true or false.'],
    ['args.kind.matches("(")', 'The pattern is not a regular expression: Unterminated group.'],
    [
      'args.kind.matches(agent)',
      'The pattern of matches() must be a text in quotes, so that it can be checked.',
    ],
    [
      'has(args)',
      'has() takes one property, as in has(args.name); all(), exists() and the like a name first.',
    ],
  ])('%s', (expression, message) => {
    const [issue, ...others] = environment.check(expression)
    expect(others).toEqual([])
    expect(issue).toMatchObject({ severity: 'error', message })
  })

  test('any result will do where it is data', () => {
    expect(check('{"id": args.order_id, "all": [args.amount]}', 'any')).toEqual([])
  })
})

describe('syntax', () => {
  test.each([
    ['', 'The expression is empty.', 0],
    ['args.amount >', 'The expression ends too early.', 12],
    ['(args.urgent', 'The expression ends too early. Expected ")".', 11],
    ['args.urgent and true', 'Unexpected "and". Write && instead of "and".', 12],
    ['args.amount = 1', 'Unexpected "=". Write == to compare.', 12],
    ['args.kind == "x', 'Unterminated string.', 13],
    ['var == 1', '"var" is a reserved word of CEL and cannot be a name.', 0],
  ])('%s', (expression, message, start) => {
    expect(environment.check(expression)).toMatchObject([{ severity: 'error', message, start }])
  })

  test.each([
    ['depth', `${'('.repeat(3000)}true${')'.repeat(3000)}`],
    ['unary depth', `${'!'.repeat(8000)}true`],
    ['nodes', Array.from({ length: 1500 }, () => 'true').join('&&')],
    ['length', `agent == "${'x'.repeat(9000)}"`],
    ['list length', `1 in [${'1,'.repeat(600)}1]`],
  ])('too much %s is refused', (_what, expression) => {
    expect(environment.check(expression)).toMatchObject([{ severity: 'error' }])
  })

  test('any text is either right or explained, with a place inside it', () => {
    const word = fc.constantFrom(
      'args',
      '.',
      'amount',
      '(',
      ')',
      '&&',
      '!',
      '"',
      '1',
      'in',
      '[',
      ']',
      ' ',
      'has',
      '?',
      ':',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const expression = words.join('')
        for (const issue of environment.check(expression)) {
          expect(issue.start).toBeGreaterThanOrEqual(0)
          expect(issue.end).toBeLessThanOrEqual(expression.length)
          expect(issue.start).toBeLessThanOrEqual(issue.end)
          expect(issue.message).toMatch(/[.?)]$/)
        }
      }),
    )
  })
})
