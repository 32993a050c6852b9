import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/util/json.ts'
import { applyMergePatch, createMergePatch } from '../../src/util/merge-patch.ts'

describe('applyMergePatch', () => {
  /** The examples of RFC 7396, appendix A. */
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected)
  })

  test('changes neither value', () => {
    const target = { a: { b: 1 } }
    const patch = { a: { c: 2 } }
    applyMergePatch(target, patch)
    expect([target, patch]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }])
  })

  test('keys with a meaning in JavaScript are data', () => {
    const patch: Json = JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": {"x": 1}}}')
    const result = applyMergePatch({}, patch)
    expect(JSON.stringify(result)).toBe(JSON.stringify(patch))
    expect(Reflect.get({}, 'admin')).toBeUndefined()
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
  })
})

describe('createMergePatch', () => {
  test.each<[JsonObject, JsonObject, JsonObject | null]>([
    [{ a: 1 }, { a: 1 }, null],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, null],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, {}, { a: null }],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 3 } }],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, null],
    [{ a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
    [{ a: [1] }, { a: {} }, { a: {} }],
    [{ a: { b: 1 } }, { a: [] }, { a: [] }],
  ])('%j to %j is %j', (before, after, expected) => {
    expect(createMergePatch(before, after)).toEqual(expected)
  })

  test('applied to what was before, gives what is after, nulls aside', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'é')
    const { object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
      object: fc.dictionary(key, tie('json'), { maxKeys: 3, noNullPrototype: true }),
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>(0, 1, 'x', true, '\ud800'),
        fc.array(tie('json'), { maxLength: 2 }),
        tie('object'),
      ),
    }))
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = createMergePatch(before, after)
        expect(patch === null ? before : applyMergePatch(before, patch)).toEqual(after)
      }),
    )
  })
})
