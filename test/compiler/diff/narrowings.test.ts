/** Which changes of a JSON Schema refuse values that were accepted before. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { narrowings } from '../../../src/compiler/diff/schema/narrowings.ts'
import { createSchemaValidator } from '../../../src/compiler/json-schema/schema-validator.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'

type Row = readonly [older: JsonSchema, newer: JsonSchema, narrowed: readonly string[]]

function expectNarrowed([older, newer, narrowed]: Row): void {
  expect(narrowings(older, newer, 'args').map(({ what }) => what)).toEqual(narrowed)
}

const closed = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

describe('a schema that refuses earlier values says where', () => {
  test.for<Row>([
    [closed({ a: {} }), closed({ a: {} }, ['a']), ['args.a is now required']],
    [closed({ a: {}, b: {} }), closed({ a: {} }), ['args.b is no longer allowed']],
    [{ type: 'object' }, closed({}), ['args allows no other properties any more']],
    [
      { type: 'object' },
      { type: 'object', properties: { a: { type: 'string' } } },
      ['args.a must now be string (anything was accepted)'],
    ],
    [{ type: ['string', 'null'] }, { type: 'string' }, ['args must now be string (was string or null)']],
    [{ type: 'number' }, { type: 'integer' }, ['args must now be integer (was number)']],
    [{ enum: ['a', 'b'] }, { enum: ['b'] }, ['args no longer accepts "a"']],
    [{ type: 'string' }, { enum: ['a'] }, ['args must now be one of "a"']],
    [{ type: 'boolean' }, { const: true }, ['args no longer accepts false']],
    [
      { type: 'integer', minimum: 0 },
      { type: 'integer', minimum: 1 },
      ['args must now be at least 1 (was at least 0)'],
    ],
    [{ maximum: 5 }, { exclusiveMaximum: 5 }, ['args must now be less than 5 (was at most 5)']],
    [
      { type: 'integer', multipleOf: 2 },
      { type: 'integer', multipleOf: 4 },
      ['args must now be a multiple of 4'],
    ],
    [{ type: 'string' }, { type: 'string', minLength: 1 }, ['args must now have at least 1 characters']],
    [
      { type: 'string', maxLength: 9 },
      { type: 'string', maxLength: 8 },
      ['args must now have at most 8 characters'],
    ],
    [{ pattern: '^a' }, { pattern: '^b' }, ['args must now match "^b"']],
    [
      { items: { type: 'string' } },
      { items: { type: 'number' } },
      ['args[] must now be number (was string)'],
    ],
    [{ type: 'array' }, { type: 'array', uniqueItems: true }, ['args must now have different items']],
    [
      { prefixItems: [{}] },
      { prefixItems: [{ type: 'null' }] },
      ['args[0] must now be null (anything was accepted)'],
    ],
    [
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { type: 'string' },
      ['args must now be string (anything was accepted)'],
    ],
    [
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
      ['args no longer accepts all the forms it did'],
    ],
    [{}, { not: { type: 'null' } }, ['args is restricted in another way (not)']],
    [
      { oneOf: [{ type: 'null' }] },
      { oneOf: [{ type: 'null' }, { const: null }] },
      ['args accepts other forms than before'],
    ],
    [true, false, ['args is no longer allowed']],
    [
      { oneOf: [{ additionalProperties: {} }], unevaluatedProperties: false },
      { unevaluatedProperties: false },
      ['args is restricted in another way (unevaluated parts)'],
    ],
    [
      { patternProperties: { '^a': { type: 'number' } }, additionalProperties: false },
      { properties: { ab: { type: 'string' } } },
      ['args.ab must now be string (anything was accepted)'],
    ],
    [
      { type: 'string', nullable: true },
      { type: 'string' },
      ['args must now be string (was string or null)'],
    ],
    [
      closed({ a: closed({ 'b c': { type: 'string' } }) }),
      closed({ a: closed({ 'b c': { type: 'null' } }) }),
      ['args.a["b c"] must now be null (was string)'],
    ],
    [
      { $defs: { x: { type: 'string' } }, $ref: '#/$defs/x' },
      { $defs: { x: { type: 'null' } }, $ref: '#/$defs/x' },
      ['args must now be null (was string)'],
    ],
    [
      { $id: 'a:x', type: 'string' },
      { $id: 'a:y', type: 'string' },
      ['args changed in a way that cannot be compared'],
    ],
  ])('%j → %j', expectNarrowed)
})

describe('a schema that accepts all earlier values is recognised', () => {
  test.for<readonly [JsonSchema, JsonSchema]>([
    [closed({ a: {} }, ['a']), closed({ a: {} })],
    [closed({ a: {} }), closed({ a: {}, b: { type: 'string' } })],
    [closed({ a: {} }), { type: 'object' }],
    [{ type: 'string' }, { type: ['string', 'null'] }],
    [{ type: 'integer' }, { type: 'number' }],
    [{ const: 1 }, { type: 'integer', minimum: 1, maximum: 1 }],
    [{ enum: ['ab', 'abc'] }, { type: 'string', minLength: 2, maxLength: 3 }],
    [{ enum: ['a'] }, { enum: ['b', 'a'] }],
    [{ type: 'boolean' }, { enum: [false, true] }],
    [{ minimum: 1 }, { exclusiveMinimum: 0 }],
    [{ type: 'string' }, { type: 'string', minimum: 3, required: ['x'], items: false }],
    [
      { type: 'string', title: 'A', description: 'B' },
      { type: 'string', default: 'c', format: 'uuid', examples: ['d'] },
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: ['null', 'string'] }],
    [{ type: ['null', 'string'] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [{ oneOf: [{ const: 'a' }, { const: 'b' }] }, { enum: ['a', 'b', 'c'] }],
    [{ allOf: [{ type: 'string' }, { minLength: 3 }] }, { type: 'string', minLength: 2 }],
    [{ type: 'string', minLength: 3 }, { allOf: [{ type: 'string' }, { minLength: 2 }] }],
    [{ prefixItems: [{ const: 1 }], items: { const: 2 } }, { items: { type: 'integer' } }],
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ not: { type: 'null', title: 'x' } }, { not: { type: 'null' } }],
    [
      { $defs: { x: { type: 'string' } }, $ref: '#/$defs/x' },
      { definitions: { y: { type: ['string', 'null'] } }, $ref: '#/definitions/y' },
    ],
    [
      {
        $defs: { n: { properties: { v: { type: 'string' }, n: { $ref: '#/$defs/n' } } } },
        $ref: '#/$defs/n',
      },
      {
        $defs: { n: { properties: { v: { type: ['string', 'null'] }, n: { $ref: '#/$defs/n' } } } },
        $ref: '#/$defs/n',
      },
    ],
  ])('%j → %j', ([older, newer]) => {
    expectNarrowed([older, newer, []])
  })
})

const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 3, 1.5, -1, '', 'a', 'b', 'ab', 'abc')

const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 2 }, scalar, fc.array(tie('any'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('any'), { maxKeys: 3 }),
})).any

const typeName = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'object', 'array')

type Keyword = readonly [string, unknown]

const keyword = (name: string, of: fc.Arbitrary<unknown>): fc.Arbitrary<Keyword> =>
  of.map((given) => [name, given] as const)

const plainKeywords = [
  keyword('type', fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 }))),
  keyword('enum', fc.array(scalar, { minLength: 1, maxLength: 4 })),
  keyword('const', scalar),
  keyword('minimum', fc.integer({ min: -1, max: 2 })),
  keyword('exclusiveMaximum', fc.integer({ min: 0, max: 4 })),
  keyword('multipleOf', fc.constantFrom(1, 2)),
  keyword('minLength', fc.integer({ min: 0, max: 3 })),
  keyword('maxLength', fc.integer({ min: 0, max: 3 })),
  keyword('pattern', fc.constantFrom('^a', 'b$')),
  keyword('required', fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { maxLength: 2 })),
  keyword('minProperties', fc.integer({ min: 0, max: 2 })),
  keyword('minItems', fc.integer({ min: 0, max: 2 })),
  keyword('maxItems', fc.integer({ min: 0, max: 3 })),
  keyword('uniqueItems', fc.boolean()),
  keyword('unevaluatedProperties', fc.boolean()),
  keyword('$ref', fc.constant('#/$defs/d')),
]

const schema = fc.letrec<{ any: JsonSchema; object: JsonSchema; keyword: Keyword }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: fc.boolean(), weight: 1 },
    { arbitrary: tie('object'), weight: 5 },
  ),
  object: fc
    .array(tie('keyword'), { minLength: 1, maxLength: 3 })
    .map((keywords) => Object.fromEntries(keywords) as JsonSchema),
  keyword: fc.oneof(
    ...plainKeywords,
    ...['additionalProperties', 'propertyNames', 'items', 'contains', 'not', 'if', 'then'].map((name) =>
      keyword(name, tie('any')),
    ),
    ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((name) =>
      keyword(name, fc.array(tie('any'), { minLength: 1, maxLength: 2 })),
    ),
    keyword('properties', fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('any'), { maxKeys: 2 })),
    keyword('patternProperties', fc.dictionary(fc.constantFrom('^p', 'q|r'), tie('any'), { maxKeys: 1 })),
  ),
}))

const definition = fc.constantFrom<JsonSchema>(
  { type: ['string', 'null'] },
  { minimum: 1 },
  { required: ['p'] },
)

const rooted = fc
  .tuple(schema.any, definition)
  .map(([root, d]) => (typeof root === 'boolean' ? root : { ...root, $defs: { d } }))

/** Two schemas that have much in common, so that the newer one often accepts all. */
const pair = fc.tuple(rooted, rooted, fc.nat()).map(([older, other, seed]) => {
  if (typeof older === 'boolean' || typeof other === 'boolean') return [older, other] as const
  const kept = Object.entries(older).filter((_, index) => (seed >> index) % 3 !== 0)
  const added = Object.entries(other).filter((_, index) => (seed >> index) % 7 === 3)
  return [older, { ...Object.fromEntries([...kept, ...added]), $defs: older['$defs'] ?? {} }] as const
})

describe('the proof', () => {
  test('never says that earlier values fit when one does not', async () => {
    const validator = await createSchemaValidator()
    let proven = 0
    fc.assert(
      fc.property(pair, fc.array(value, { minLength: 8, maxLength: 8 }), ([older, newer], values) => {
        if (narrowings(older, newer, 'args').length > 0) return
        proven += 1
        for (const one of values) {
          if (validator.validate(older, one).length > 0) continue
          expect(validator.validate(newer, one), JSON.stringify(one)).toEqual([])
        }
      }),
      { numRuns: 150 },
    )
    expect(proven).toBeGreaterThan(20)
  })

  test('ends soon for schemas made to make it long', () => {
    const choices = (depth: number, leaf: JsonSchema): JsonSchema =>
      depth === 0
        ? leaf
        : {
            anyOf: [choices(depth - 1, leaf), choices(depth - 1, { type: 'null' })],
            allOf: [{ minimum: depth }],
          }
    expect(narrowings(choices(8, { type: 'string' }), choices(8, { type: 'boolean' }), 'args')).not.toEqual(
      [],
    )
    const loop: JsonSchema = {
      $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
      $ref: '#/$defs/a',
    }
    expect(narrowings({ type: 'string' }, loop, 'args')).toEqual([])
  })
})
