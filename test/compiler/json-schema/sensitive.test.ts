/** Which parts of a value a schema marks as sensitive, and how they are put back. */
import { describe, expect, test } from 'vitest'
import {
  hideSensitive,
  mentionsSensitive,
  revealSensitive,
} from '../../../src/compiler/json-schema/sensitive.ts'
import type { JsonSchema } from '../../../src/compiler/program.ts'
import type { Json } from '../../../src/util/json.ts'

const SECRET = { type: 'string', 'x-sensitive': true }
const hide = (schema: JsonSchema, value: Json): Json => hideSensitive(schema, value, 'args').value

describe('what is marked', () => {
  test.each<[string, JsonSchema, Json, Json]>([
    ['a property', { properties: { a: SECRET } }, { a: 'x', b: 'x' }, { a: '[redacted:args.a]', b: 'x' }],
    [
      'a whole object',
      { properties: { a: { ...SECRET, type: 'object' } } },
      { a: { b: 1 } },
      { a: '[redacted:args.a]' },
    ],
    ['everything, by its keys', SECRET, { a: 1, b: null }, { a: '[redacted:args.a]', b: null }],
    ['items', { items: SECRET }, ['x', null], ['[redacted:args.0]', null]],
    [
      'an item by its place',
      { prefixItems: [true, SECRET], items: true },
      [1, 2, 3],
      [1, '[redacted:args.1]', 3],
    ],
    ['an item of draft-07', { items: [true], additionalItems: SECRET }, [1, 2], [1, '[redacted:args.1]']],
    [
      'other properties',
      { properties: { a: true }, additionalProperties: SECRET },
      { a: 1, b: 2 },
      { a: 1, b: '[redacted:args.b]' },
    ],
    [
      'any branch',
      { anyOf: [{ properties: { a: { type: 'null' } } }, { properties: { a: SECRET } }] },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'a branch of a condition',
      { if: true, else: { properties: { a: SECRET } } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'what depends',
      { dependentSchemas: { b: { properties: { a: SECRET } } } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'a reference',
      { $defs: { s: SECRET }, properties: { a: { $ref: '#/$defs/s' } } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'beside a reference',
      { $defs: { s: {} }, properties: { a: { $ref: '#/$defs/s', 'x-sensitive': true } } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'a reference nobody can follow',
      { properties: { a: { $ref: 'elsewhere' }, b: SECRET } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'a pattern, which is not tried',
      { patternProperties: { '^z': SECRET } },
      { a: 'x' },
      { a: '[redacted:args.a]' },
    ],
    [
      'names with slashes',
      { properties: { 'a/b': SECRET } },
      { 'a/b': 'x' },
      { 'a/b': '[redacted:args.a~1b]' },
    ],
  ])('%s', (_what, schema, value, expected) => {
    expect(hide(schema, value)).toEqual(expected)
    const { value: hidden, taken } = hideSensitive(schema, value, 'args')
    expect(revealSensitive(hidden, 'args', (pointer) => taken.get(pointer))).toEqual({ value, missing: [] })
  })

  test('ends where a schema goes round in circles, and hides what is deeper than anybody writes', () => {
    const tree: JsonSchema = {
      $ref: '#',
      anyOf: [{ $ref: '#' }],
      properties: { next: { $ref: '#' }, key: SECRET },
    }
    expect(hide(tree, { next: { next: { key: 'x' } } })).toEqual({
      next: { next: { key: '[redacted:args.next.next.key]' } },
    })
    let deep: Json = { key: 'x' }
    for (let level = 0; level < 1000; level++) deep = { next: deep }
    expect(JSON.stringify(hide(tree, deep))).not.toContain('"x"')
  })

  test.each<[JsonSchema]>([
    [true],
    [{}],
    [{ properties: { 'x-sensitive': { type: 'string' } } }],
    [{ properties: { a: { 'x-sensitive': false } } }],
  ])('nothing by %j', (schema) => {
    const value = { a: 'x', 'x-sensitive': 'y' }
    expect(hide(schema, value)).toBe(value)
    expect(mentionsSensitive(schema)).toBe(false)
  })
})

test('a marker stands for a value at its own place alone', () => {
  const given = { a: '[redacted:args.b]', b: '[redacted:args.b]' }
  const known = new Map<string, Json>([['/b', 2]])
  expect(revealSensitive(given, 'args', (pointer) => known.get(pointer))).toEqual({
    value: { a: '[redacted:args.b]', b: 2 },
    missing: [],
  })
  expect(revealSensitive(given, 'args', () => undefined).missing).toEqual(['args.b'])
})
