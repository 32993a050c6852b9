import { describe, expect, test } from 'vitest'
import { createCelEnvironment } from '../../../src/compiler/cel/environment.ts'
import { evaluateCondition } from '../../../src/compiler/cel/expression.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'

function typeErrors(schema: JsonSchema, expression: string): string[] {
  const environment = createCelEnvironment({ args: schema })
  return environment
    .check(expression, { result: 'any' })
    .map(({ severity, message }) => `${severity}: ${message}`)
}

function property(schema: JsonSchema, more: Record<string, JsonSchema> = {}): JsonSchema {
  return { type: 'object', properties: { x: schema, ...more }, required: ['x'], additionalProperties: false }
}

describe('schemas as types', () => {
  const wrong: [string, JsonSchema, string][] = [
    ['integer', { type: 'integer' }, 'args.x + "a"'],
    ['number', { type: 'number' }, 'args.x + "a"'],
    ['string', { type: 'string' }, 'args.x + 1'],
    ['boolean', { type: 'boolean' }, 'args.x + 1'],
    ['array', { type: 'array', items: { type: 'string' } }, 'args.x[0] + 1'],
    ['free object', { type: 'object', additionalProperties: { type: 'string' } }, 'args.x.any + 1'],
    ['nested object', property({ type: 'string' }), 'args.x.x + 1'],
    ['enum of texts', { enum: ['a', 'b'] }, 'args.x + 1'],
    ['enum of whole numbers', { enum: [1, 2] }, 'args.x + "a"'],
    ['enum of numbers', { enum: [1, 2.5] }, 'args.x + "a"'],
    ['constant', { const: true }, 'args.x + 1'],
    ['properties without a type', { properties: { y: { type: 'string' } }, required: ['y'] }, 'args.x.y + 1'],
  ]
  test.each(wrong)('%s is checked', (_name, schema, expression) => {
    expect(typeErrors(property(schema), expression)).toEqual([
      expect.stringMatching(/^error: "\+" does not work/),
    ])
  })

  const unknown: [string, JsonSchema][] = [
    ['nullable', { type: ['string', 'null'] }],
    ['union', { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
    ['mixed enum', { enum: ['a', 1] }],
    ['nothing', {}],
    ['true', true],
    ['remote reference', { $ref: 'https://example.com/schema.json' }],
    ['dangling reference', { $ref: '#/$defs/none' }],
    ['reference beside keywords', { $ref: '#', minLength: 1 }],
  ]
  test.each(unknown)('%s is of unknown type', (_name, schema) => {
    expect(typeErrors(property(schema), 'args.x + 1')).toEqual([])
    expect(typeErrors(property(schema), 'args.x + "a"')).toEqual([])
  })

  test('references inside the schema are followed', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/Money~1Amount' } },
      required: ['a'],
      $defs: { 'Money/Amount': { type: 'object', properties: { v: { type: 'number' } }, required: ['v'] } },
    }
    expect(typeErrors(schema, 'args.a.v > 1')).toEqual([])
    expect(typeErrors(schema, 'args.a.v > "x"')).toHaveLength(1)
  })

  test('a recursive schema is known one level deep and unknown below', () => {
    const tree: JsonSchema = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { value: { type: 'number' }, next: { $ref: '#/$defs/node' } },
          required: ['value', 'next'],
        },
      },
    }
    expect(typeErrors(tree, 'args.value > "x"')).toHaveLength(1)
    expect(typeErrors(tree, 'args.next.next.value > 1')).toEqual([])
  })

  test('what other keywords may declare is not warned about', () => {
    const base: JsonSchema = { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] }
    expect(typeErrors({ ...base, patternProperties: { '^y': {} } }, 'args.y')).toEqual([])
    expect(typeErrors({ ...base, additionalProperties: { type: 'string' } }, 'args.y + 1')).toHaveLength(1)
    expect(typeErrors(base, 'args.y')).toEqual([expect.stringMatching(/^warning/)])
  })

  test('properties may have any name', () => {
    const names = [
      '__proto__',
      'constructor',
      'a b',
      '',
      'dyn<int>',
      'toString',
      'A',
      '日本',
      'x)',
      'map<string, y>',
    ]
    const inner = property({ type: 'string' })
    const properties = Object.fromEntries(names.map((name) => [name, inner]))
    const schema: JsonSchema = { type: 'object', properties, required: names, additionalProperties: false }
    for (const name of names) {
      const expression = `args[${JSON.stringify(name)}].x == "v"`
      expect(typeErrors(schema, expression)).toEqual([])
      expect(typeErrors(schema, expression.replace('"v"', '1'))).toHaveLength(1)
      const args = Object.fromEntries([[name, { x: 'v' }]])
      expect(evaluateCondition(createCelEnvironment({ args: schema }).compile(expression), { args })).toBe(
        true,
      )
    }
  })

  test('a huge schema is read only in part', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `p${index}`)
    const properties = Object.fromEntries(names.map((name) => [name, property({ type: 'string' })]))
    const schema: JsonSchema = { type: 'object', properties, required: names, additionalProperties: false }
    expect(typeErrors(schema, 'args.p0.x + 1')).toHaveLength(1)
    expect(typeErrors(schema, 'args.p19999.x + 1')).toEqual([])
  })

  test('references that multiply stay within the same budget', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `d${index}`,
        {
          type: 'object',
          properties: { a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } },
        },
      ]),
    )
    expect(typeErrors({ $ref: '#/$defs/d0', $defs }, 'args.a.b.a.b.zz')).not.toHaveLength(0)
  })
})
