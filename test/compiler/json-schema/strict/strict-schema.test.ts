import { describe, expect, test } from 'vitest'
import { strictProblems, toStrictSchema } from '../../../../src/compiler/json-schema/strict/strict-schema.ts'
import type { Json, JsonObject } from '../../../../src/util/json.ts'

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
})
/** What strict mode gets for an object. */
const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...object(properties),
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

describe('what is sent', () => {
  const a = { type: 'string' }

  test.each<[string, JsonObject, JsonObject]>([
    ['a strict schema is sent as it is', closed({ a }), closed({ a })],
    ['objects are closed', object({ a }, { required: ['a'] }), closed({ a })],
    [
      'an optional property is required and nullable',
      object({ a }),
      closed({ a: { type: ['string', 'null'] } }),
    ],
    [
      'the values of an optional enum get null too',
      object({ a: { type: 'string', enum: ['x'] } }),
      closed({ a: { type: ['string', 'null'], enum: ['x', null] } }),
    ],
    [
      'an optional property that takes null stays what it is',
      object({ a: { type: ['string', 'null'] } }),
      closed({ a: { type: ['string', 'null'] } }),
    ],
    [
      'oneOf is anyOf',
      object({ a: { oneOf: [a, { type: 'integer' }] } }, { required: ['a'] }),
      closed({ a: { anyOf: [a, { type: 'integer' }] } }),
    ],
    [
      'an optional choice gets null as one more form',
      object({ a: { anyOf: [a, { type: 'integer' }] } }),
      closed({ a: { anyOf: [a, { type: 'integer' }, { type: 'null' }] } }),
    ],
    [
      'a default of null goes',
      object({ a: { type: ['string', 'null'], default: null } }),
      closed({ a: { type: ['string', 'null'] } }),
    ],
    [
      'a lone allOf is taken in',
      object({ a: { description: 'A', allOf: [{ type: 'string', minLength: 1 }] } }, { required: ['a'] }),
      closed({ a: { type: 'string', minLength: 1, description: 'A' } }),
    ],
    [
      'a reference with words beside it is taken in; one that stands alone stays',
      object(
        { a: { $ref: '#/$defs/x', description: 'A' }, b: { $ref: '#/$defs/x' }, c: { $ref: '#/$defs/x' } },
        { required: ['a', 'b'], $defs: { x: object({ n: a }) } },
      ),
      closed(
        {
          a: closed({ n: { type: ['string', 'null'] } }, { description: 'A' }),
          b: { $ref: '#/$defs/x' },
          c: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'null' }] },
        },
        { $defs: { x: closed({ n: { type: ['string', 'null'] } }) } },
      ),
    ],
    [
      'a tree keeps its references',
      object(
        { tree: { $ref: '#/$defs/node', description: 'T' } },
        {
          required: ['tree'],
          $defs: {
            node: object(
              { kids: { type: 'array', items: { $ref: '#/$defs/node', title: 'K' } } },
              { required: ['kids'] },
            ),
          },
        },
      ),
      closed(
        { tree: closed({ kids: { type: 'array', items: { $ref: '#/$defs/node' } } }, { description: 'T' }) },
        {
          $defs: {
            node: closed({
              kids: {
                type: 'array',
                items: closed({ kids: { type: 'array', items: { $ref: '#/$defs/node' } } }, { title: 'K' }),
              },
            }),
          },
        },
      ),
    ],
    [
      'types that are plain from the rest are said',
      object({ a: { enum: ['x', 1] } }, { required: ['a'] }),
      closed({ a: { enum: ['x', 1], type: ['string', 'integer'] } }),
    ],
    [
      'what strict mode does not know and the validator checks is left out',
      object(
        { a: { type: 'array', items: a, uniqueItems: true }, u: { type: 'string', format: 'uri' } },
        { required: ['a', 'u'] },
      ),
      closed({ a: { type: 'array', items: a }, u: { type: 'string' } }),
    ],
  ])('%s', (_, schema, sent) => {
    const before = structuredClone(schema)
    expect(toStrictSchema(schema)?.schema).toEqual(sent)
    expect(schema).toEqual(before)
  })
})

describe('what cannot be sent', () => {
  test.each<[string, JsonObject | boolean, string]>([
    ['true', true, ': wants "type: object" at the root'],
    ['a list', { type: 'array', items: { type: 'string' } }, ': wants "type: object" at the root'],
    ['a choice at the root', { anyOf: [closed({})] }, 'anyOf: has no choice at the root'],
    [
      'an open object',
      object({}, { additionalProperties: true }),
      'additionalProperties: wants "additionalProperties: false" in every object',
    ],
    [
      'a map',
      object({ m: { type: 'object', additionalProperties: { type: 'string' } } }),
      'properties/m/additionalProperties: wants "additionalProperties: false" in every object',
    ],
    [
      'an object of anything',
      object({ m: { type: 'object' } }),
      'properties/m: wants the properties of every object',
    ],
    ['a value of any type', object({ v: {} }), 'properties/v: wants a "type" for every value'],
    ['a list of anything', object({ v: { type: 'array' } }), 'properties/v: wants "items" in every list'],
    ['a condition', object({ v: { type: 'string', not: { const: 'x' } } }), 'properties/v/not: has no "not"'],
    [
      'several at once',
      object({ v: { allOf: [{ type: 'string' }, { minLength: 1 }] } }),
      'properties/v/allOf: has no "allOf"',
    ],
    [
      'a reference to elsewhere',
      object({ v: { $ref: 'https://example.com/x' } }),
      'properties/v/$ref: follows references within the schema alone',
    ],
    [
      'a property nobody describes',
      object({}, { required: ['x'] }),
      'required: wants required properties described',
    ],
  ])('%s', (_, schema, problem) => {
    expect(toStrictSchema(schema)).toBeNull()
    expect(strictProblems(schema).map(({ path, rule }) => `${path.join('/')}: ${rule}`)).toContain(problem)
  })

  test('references that unfold without end', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => {
        const next = { $ref: `#/$defs/d${n + 1}`, description: 'unfolds' }
        return [`d${n}`, object({ a: next, b: next })]
      }),
    )
    const schema = object(
      { a: { $ref: '#/$defs/d0', description: 'x' } },
      { $defs: { ...$defs, d30: { type: 'string' } } },
    )
    expect(toStrictSchema(schema)).toBeNull()
  })

  test('a reference to itself', () => {
    const schema = object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { $ref: '#/$defs/a', title: 'A' } } })
    expect(() => toStrictSchema(schema)?.restore({ a: { b: null } })).not.toThrow()
  })
})

describe('the way back', () => {
  const n = { type: 'integer' }
  const nullable = { type: ['integer', 'null'] }
  const restored = (schema: JsonObject, value: Json): Json | undefined =>
    toStrictSchema(schema)?.restore(value)

  test.each<[string, JsonObject, Json, Json]>([
    ['a null for what was optional is absent', object({ a: n }), { a: null }, {}],
    ['a null that the author allows stays', object({ a: nullable }), { a: null }, { a: null }],
    [
      'a null for what is required stays: it is wrong',
      object({ a: n }, { required: ['a'] }),
      { a: null },
      { a: null },
    ],
    ['unknown properties stay', object({ a: n }), { a: 1, z: null }, { a: 1, z: null }],
    [
      'inside lists',
      object({ l: { type: 'array', items: object({ a: n }) } }),
      { l: [{ a: null }, { a: 1 }] },
      { l: [{}, { a: 1 }] },
    ],
    [
      'through references',
      object({ x: { $ref: '#/$defs/x' } }, { $defs: { x: object({ a: n, x: { $ref: '#/$defs/x' } }) } }),
      { x: { a: null, x: { a: 1, x: null } } },
      { x: { x: { a: 1 } } },
    ],
    [
      'by the form it was written in',
      object({
        v: {
          oneOf: [
            object({ kind: { const: 'a' }, note: { type: 'string' } }, { required: ['kind'] }),
            object(
              { kind: { const: 'b' }, note: { type: ['string', 'null'] } },
              { required: ['kind', 'note'] },
            ),
          ],
        },
      }),
      { v: { kind: 'b', note: null } },
      { v: { kind: 'b', note: null } },
    ],
    [
      'by the other form',
      object({
        v: {
          oneOf: [
            object({ kind: { const: 'a' }, note: { type: 'string' } }, { required: ['kind'] }),
            object(
              { kind: { const: 'b' }, note: { type: ['string', 'null'] } },
              { required: ['kind', 'note'] },
            ),
          ],
        },
      }),
      { v: { kind: 'a', note: null } },
      { v: { kind: 'a' } },
    ],
  ])('%s', (_, schema, value, expected) => {
    expect(restored(schema, value)).toEqual(expected)
  })

  test('nothing to undo: the very same value', () => {
    const value = { a: 1, l: [{ a: 2 }] }
    expect(restored(object({ a: n, l: { type: 'array', items: object({ a: n }) } }), value)).toBe(value)
  })
})
