import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPattern } from '../../../src/compiler/json-schema/dialect.ts'
import { fitsPlainly } from '../../../src/compiler/json-schema/plain-fit.ts'
import { isPlainSchema } from '../../../src/compiler/json-schema/plain-schema.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'
import type { Json, JsonObject } from '../../../src/util/json.ts'

/** The real validators, which the quick look must never contradict. */
const settings = {
  strict: false,
  logger: false,
  allErrors: true,
  ownProperties: true,
  validateFormats: false,
  inlineRefs: false,
  code: { regExp: Object.assign((text: string) => createPattern(text), { code: 'createPattern' }) },
} as const
const engines = [new Ajv2020(settings), new Ajv(settings)] as const

/** Throws when a schema is invalid or cannot be compiled. */
function compileByBoth(schema: JsonSchema): readonly ((value: unknown) => boolean)[] {
  const plain = typeof schema === 'boolean' ? schema : withoutDialect(schema)
  return engines.map((engine) => {
    const validate = engine.compile(plain)
    if (typeof plain === 'object') engine.removeSchema(plain)
    return (value) => validate(value)
  })
}

function withoutDialect({ $schema: _, ...plain }: JsonObject): JsonObject {
  return plain
}

const names = fc.constantFrom('a', 'b', '$id', '__proto__', 'a/b', '$ref', 'type', 'é')

const scalars: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>('string', 'integer', 'object', 'array', 'a', 'b', '^[a', '^a', '', '#', '#/$defs/a'),
  fc.constantFrom<Json>('#/$defs/b', '#/definitions/a', '#/$defs/%61', 'other.json#', '#/properties/a'),
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom<Json>(0.5, 1e300, true, false, null),
)

const keywordNames = fc.constantFrom(
  ...'type enum const properties required items additionalProperties patternProperties propertyNames'.split(
    ' ',
  ),
  ...'$ref $defs definitions $id $anchor $dynamicRef $async $schema id nullable discriminator'.split(' '),
  ...'allOf anyOf oneOf not if then else contains minContains prefixItems additionalItems'.split(' '),
  ...'pattern format minimum maximum exclusiveMinimum multipleOf minLength maxLength minItems'.split(' '),
  ...'uniqueItems minProperties dependentRequired dependencies unevaluatedProperties'.split(' '),
  ...'title description default examples deprecated readOnly x-note contentEncoding'.split(' '),
)

/** Values that fit their keyword, so that many schemas are right. */
const common: fc.Arbitrary<readonly [string, Json]> = fc.constantFrom<readonly [string, Json]>(
  ['type', 'object'],
  ['type', ['string', 'null']],
  ['type', ['string', 'string']],
  ['type', 'integer'],
  ['enum', ['a', 1]],
  ['const', 'a'],
  ['required', ['a']],
  ['required', ['a', 'a']],
  ['minimum', 1],
  ['maximum', 2],
  ['minLength', 1],
  ['maxLength', 2.5],
  ['multipleOf', 0],
  ['pattern', '^a'],
  ['additionalProperties', false],
  ['default', { $id: 'x' }],
  ['examples', [{ $ref: '#/nowhere' }]],
  ['format', 'date'],
  ['$ref', '#/$defs/a'],
  ['$ref', '#/$defs/b'],
  ['$ref', '#'],
)

const { schema: anySchema } = fc.letrec<{ schema: Json; value: Json; pair: readonly [string, Json] }>(
  (tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.array(tie('pair'), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    ),
    pair: fc.oneof(
      { weight: 6, arbitrary: common },
      { weight: 1, arbitrary: fc.tuple(keywordNames, tie('value')) },
      {
        weight: 2,
        arbitrary: fc.tuple(
          fc.constantFrom('properties', '$defs', 'definitions', 'patternProperties'),
          fc
            .array(fc.tuple(names, tie('schema')), { maxLength: 3 })
            .map((members) => Object.fromEntries(members)),
        ),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom('items', 'not', 'contains', 'if'), tie('schema')) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.constantFrom('anyOf', 'allOf', 'items'),
          fc.array(tie('schema'), { maxLength: 2 }),
        ),
      },
    ),
    value: fc.oneof({ depthSize: 'small' }, scalars, fc.array(tie('value'), { maxLength: 2 }), tie('schema')),
  }),
)

const schemas = anySchema.filter(
  (schema): schema is JsonSchema =>
    typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null),
)

const values = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }).map((value) => value as Json)
const likelyValues = fc.oneof(
  values,
  fc.dictionary(names, fc.oneof(scalars, values), { maxKeys: 3, noNullPrototype: true }),
  fc.array(scalars, { maxLength: 3 }),
  scalars,
)

describe('the quick look', () => {
  test('calls no schema plain that a validator refuses', () => {
    let plain = 0
    fc.assert(
      fc.property(schemas, (schema) => {
        if (!isPlainSchema(schema)) return
        plain += 1
        expect(() => compileByBoth(schema)).not.toThrow()
      }),
      { numRuns: 1500 },
    )
    expect(plain).toBeGreaterThan(300)
  })

  test('says of no value that it fits when a validator says that it does not', () => {
    let fitting = 0
    fc.assert(
      fc.property(schemas, likelyValues, (schema, value) => {
        if (!isPlainSchema(schema) || !fitsPlainly(schema, value)) return
        fitting += 1
        expect(compileByBoth(schema).map((validate) => validate(value))).toEqual([true, true])
      }),
      { numRuns: 3000 },
    )
    expect(fitting).toBeGreaterThan(150)
  })

  test.each<[string, JsonSchema]>([
    [
      'a nested object',
      { type: 'object', properties: { a: { type: 'array', items: { type: ['string', 'null'] } } } },
    ],
    ['a dialect', { $schema: 'http://json-schema.org/draft-07/schema#', enum: [1, 'a'] }],
    ['its own definitions', { $defs: { a: { type: 'string' } }, properties: { x: { $ref: '#/$defs/a' } } }],
    ['a reference to itself', { type: 'object', properties: { child: { $ref: '#' } } }],
  ])('sees that %s is right', (_, schema) => {
    expect(isPlainSchema(schema)).toBe(true)
  })

  test.each<[string, JsonSchema]>([
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    [
      'references in a circle',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    ],
    ['a reference that leads nowhere', { $ref: '#/$defs/a' }],
    ['an unknown keyword', { type: 'string', nullable: true }],
    ['a pattern that is none', { pattern: '[' }],
    ['an empty enum', { enum: [] }],
  ])('leaves %s to the validator', (_, schema) => {
    expect(isPlainSchema(schema)).toBe(false)
  })
})
