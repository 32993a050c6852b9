import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSchemaValidator } from '../../../src/compiler/json-schema/schema-validator.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'
import type { Json } from '../../../src/util/json.ts'

const validator = await createSchemaValidator()

function messages(schema: JsonSchema, value: unknown): string[] {
  return validator.validate(schema, value).map(({ message }) => message)
}

const order: JsonSchema = {
  type: 'object',
  properties: {
    order_id: { type: 'integer', minimum: 1 },
    tier: { enum: ['free', 'pro'] },
    lines: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', properties: { sku: { type: 'string', minLength: 2 } } },
    },
    'a b': { type: 'string', pattern: '^x' },
    kind: { const: 'order' },
  },
  required: ['order_id'],
  additionalProperties: false,
}

describe('messages in plain words', () => {
  test.each<[unknown, string[]]>([
    [{ order_id: 7 }, []],
    [{ order_id: '7' }, ['order_id: expected an integer, got the text "7"']],
    [{ order_id: 7.5 }, ['order_id: expected an integer, got the number 7.5']],
    [{ order_id: null }, ['order_id: expected an integer, got null']],
    [{ order_id: 0 }, ['order_id: expected at least 1, got the number 0']],
    [{}, ['order_id: is missing']],
    ['x', ['expected an object, got the text "x"']],
    [[1], ['expected an object, got a list']],
    [
      { order_id: 1, tier: 'por' },
      ['tier: expected one of "free", "pro", got the text "por". Did you mean "pro"?'],
    ],
    [{ order_id: 1, weather: 2 }, ['weather: is not a known property']],
    [{ order_id: 1, teir: 2 }, ['teir: is not a known property. Did you mean "tier"?']],
    [{ order_id: 1, lines: [{ sku: 'x' }] }, ['lines[0].sku: expected at least 2 characters, got 1']],
    [{ order_id: 1, lines: [{}, {}, {}] }, ['lines: expected at most 2 items, got 3']],
    [{ order_id: 1, 'a b': 'y' }, ['["a b"]: expected text that matches ^x, got the text "y"']],
    [{ order_id: 1, kind: 'x' }, ['kind: expected "order", got the text "x"']],
    [{ order_id: 'a', tier: 1 }, [expect.stringMatching(/^order_id/), expect.stringMatching(/^tier/)]],
  ])('%j', (value, expected) => {
    expect(messages(order, value)).toEqual(expected)
  })

  test('pointers lead to the place', () => {
    expect(validator.validate(order, { lines: [{ sku: 1 }] })).toEqual([
      { pointer: '/order_id', message: 'order_id: is missing' },
      { pointer: '/lines/0/sku', message: 'lines[0].sku: expected text, got the number 1' },
    ])
  })

  test('many issues are counted, not listed', () => {
    const found = messages(
      { type: 'array', items: { type: 'string' } },
      Array.from({ length: 500 }, () => 1),
    )
    expect(found).toHaveLength(51)
    expect(found.at(-1)).toBe('and 450 more')
  })
})

describe('choices', () => {
  const shape: JsonSchema = {
    anyOf: [
      {
        type: 'object',
        properties: { kind: { const: 'circle' }, r: { type: 'number' } },
        required: ['kind', 'r'],
      },
      {
        type: 'object',
        properties: { kind: { const: 'square' }, a: { type: 'number' } },
        required: ['kind', 'a'],
      },
    ],
  }
  test.each<[string, JsonSchema, unknown, string[]]>([
    [
      'only types',
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      true,
      ['expected text or an integer, got true'],
    ],
    ['a type list', { type: ['string', 'null'] }, 1, ['expected text or null, got the number 1']],
    ['one form is near', shape, { kind: 'circle', r: 'x' }, ['r: expected a number, got the text "x"']],
    ['no form is near', shape, { kind: 'blob' }, ['fits none of the 2 allowed forms; got an object']],
    [
      'too many fit',
      { oneOf: [{ type: 'number' }, { minimum: 1 }] },
      2,
      [expect.stringMatching(/^fits more than one/)],
    ],
    [
      'behind references',
      { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }], $defs: { a: { type: 'object', required: ['x'] } } },
      {},
      ['x: is missing'],
    ],
    [
      'conditions',
      { if: { type: 'number' }, then: { minimum: 5 } },
      1,
      ['expected at least 5, got the number 1'],
    ],
  ])('%s', (_name, schema, value, expected) => {
    expect(messages(schema, value)).toEqual(expected)
  })
})

describe('nothing is coerced, filled in or fetched', () => {
  test('values stay as they are', () => {
    const value = { order_id: 1 }
    const schema = { type: 'object', properties: { n: { type: 'number', default: 5 } } }
    expect(validator.validate(schema, value)).toEqual([])
    expect(value).toEqual({ order_id: 1 })
    expect(messages({ type: 'number' }, '1')).toHaveLength(1)
  })

  test('formats are annotations', () => {
    expect(messages({ type: 'string', format: 'email' }, 'no')).toEqual([])
    expect(messages({ type: 'string', format: 'made-up' }, 'no')).toEqual([])
    expect(validator.checkSchema({ type: 'string', format: 'made-up' })).toEqual([])
  })

  test('boolean schemas', () => {
    expect(messages(true, { any: 1 })).toEqual([])
    expect(messages(false, 1)).toEqual(['is not allowed'])
    expect(validator.checkSchema(true)).toEqual([])
  })

  test('own properties only', () => {
    const schema: JsonSchema = {
      type: 'object',
      required: ['constructor'],
      properties: { toString: { type: 'string' } },
    }
    expect(messages(schema, {})).toEqual(['constructor: is missing'])
    const closed: JsonSchema = { type: 'object', additionalProperties: false }
    expect(messages(closed, JSON.parse('{"__proto__": 1}'))).toEqual(['__proto__: is not a known property'])
  })

  test('two schemas may have the same $id', () => {
    expect(messages({ $id: 'https://example.com/a', type: 'string' }, 1)).toHaveLength(1)
    expect(messages({ $id: 'https://example.com/a', type: 'number' }, 1)).toEqual([])
  })

  test('draft-07 schemas are read as such', () => {
    const schema: JsonSchema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { n: { type: 'number' } },
      items: [{ $ref: '#/definitions/n' }],
    }
    expect(validator.checkSchema(schema)).toEqual([])
    expect(messages(schema, ['x'])).toEqual(['[0]: expected a number, got the text "x"'])
  })

  test('an unknown dialect is read as 2020-12, and said', () => {
    const schema: JsonSchema = { $schema: 'http://json-schema.org/draft-04/schema#', type: 'string' }
    expect(messages(schema, 1)).toHaveLength(1)
    expect(validator.checkSchema(schema)).toMatchObject([{ pointer: '/$schema' }])
  })
})

describe('schemas with mistakes are issues, never thrown', () => {
  test.each<[string, JsonSchema, string, string | RegExp]>([
    ['type', { properties: { a: { type: 'strnig' } } }, '/properties/a/type', /Did you mean "string"\?/],
    ['keyword value', { minimum: 'x' }, '/minimum', 'minimum: expected a number, got the text "x"'],
    ['dangling reference', { items: { $ref: '#/nope' } }, '/items/$ref', /"#\/nope" leads nowhere/],
    [
      'remote reference',
      { properties: { x: { $ref: 'https://example.com/s' } } },
      '/properties/x/$ref',
      /not fetched/,
    ],
    ['pattern', { pattern: '(' }, '/pattern', '"(" is not a regular expression: Unterminated group'],
    [
      'pattern of names',
      { patternProperties: { '[': {} } },
      '/patternProperties/[',
      /^"\[" is not a regular/,
    ],
    ['asynchronous', { $async: true }, '/$async', '"$async" is not supported'],
  ])('%s', (_name, schema, pointer, message) => {
    const [first] = validator.checkSchema(schema)
    expect(first).toEqual({
      pointer,
      message: expect.stringMatching(message instanceof RegExp ? message : /./),
    })
    if (typeof message === 'string') expect(first?.message).toBe(message)
    expect(messages(schema, { any: 'value' })).toEqual([
      expect.stringMatching(/^the schema cannot be used: /),
    ])
  })

  test('any JSON object is checked without a throw', () => {
    const keyword = fc.constantFrom(
      'type',
      'properties',
      'items',
      '$ref',
      'anyOf',
      'enum',
      'required',
      '$id',
      'if',
      'not',
    )
    const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json>(null, true, 1, 'string', '#', '#/a'),
        fc.array(tie('schema'), { maxLength: 2 }),
        fc.dictionary(keyword, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(keyword, schema, { maxKeys: 3, noNullPrototype: true }), (value) => {
        expect(Array.isArray(validator.checkSchema(value))).toBe(true)
        expect(Array.isArray(validator.validate(value, { a: [1] }))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('hostile schemas', () => {
  test('a recursive schema validates to any depth that fits', () => {
    const tree: JsonSchema = {
      type: 'object',
      properties: { next: { $ref: '#' } },
      additionalProperties: false,
    }
    expect(messages(tree, { next: { next: {} } })).toEqual([])
    expect(messages(tree, { next: { nxt: {} } })).toEqual([
      'next.nxt: is not a known property. Did you mean "next"?',
    ])
    let deep: Json = {}
    for (let level = 0; level < 50_000; level++) deep = { next: deep }
    expect(messages(tree, deep)).toEqual([expect.stringMatching(/^cannot be validated/)])
  })

  test('a schema that is only itself is refused', () => {
    expect(messages({ allOf: [{ $ref: '#' }] }, 1)).toEqual([expect.stringMatching(/^cannot be validated/)])
  })

  test('a pattern that backtracks for ever is ended', () => {
    expect(messages({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}b`)).toEqual([
      'cannot be validated: it took longer than 1000 ms',
    ])
  })

  test('references that multiply are ended', () => {
    const $defs: Record<string, JsonSchema> = { d40: { type: 'string' } }
    for (let index = 0; index < 40; index++) {
      $defs[`d${index}`] = { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] }
    }
    expect(messages({ $ref: '#/$defs/d0', $defs }, 'x')).toEqual([
      'cannot be validated: it took longer than 1000 ms',
    ])
  })

  test('a schema nested too deep is refused', () => {
    let schema: JsonSchema = { type: 'string' }
    for (let level = 0; level < 20_000; level++) schema = { items: schema }
    expect(messages(schema, [])).toEqual([
      expect.stringMatching(/^the schema cannot be used: it is nested too deep/),
    ])
    expect(validator.checkSchema(schema)).toEqual([expect.objectContaining({ pointer: '' })])
  })
})

test('the work for a schema is done once', () => {
  let reads = 0
  const schema: JsonSchema = {
    get type() {
      reads += 1
      return 'object'
    },
  }
  expect(messages(schema, 1)).toHaveLength(1)
  const once = reads
  expect(messages(schema, 2)).toHaveLength(1)
  expect(once).toBeGreaterThan(0)
  expect(reads).toBe(once)
})
