/** How expectations of test files are compared with what is there. */
import { describe, expect, test } from 'vitest'
import { createMatcher } from '../../../src/testing/spec-tests/matcher.ts'
import type { ListRule } from '../../../src/testing/spec-tests/matcher.ts'
import type { Json } from '../../../src/util/json.ts'

async function messages(expected: Json, actual: Json, lists: ListRule = 'exact'): Promise<readonly string[]> {
  const matcher = await createMatcher()
  return matcher(expected, actual, lists).map(({ path, message }) => `${path.join('.')} ${message}`.trim())
}

describe('an expectation', () => {
  test.for<[Json, Json]>([
    ['a', 'a'],
    [null, null],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[{ a: 1 }], [{ a: 1, b: 2 }]],
    [[], []],
    [{}, { any: 'map' }],
    [{ contains: 'ell' }, 'hello'],
    [{ contains: 'ell' }, { text: 'hello' }],
    [{ contains: { a: 1 } }, [{ b: 1 }, { a: 1, b: 2 }]],
    [{ matches: '^h.*o$' }, 'hello'],
    [{ schema: { type: 'integer' } }, 3],
    [{ not: { contains: 'x' } }, 'hello'],
    [{ contains: 'h', not: { contains: 'x' } }, 'hello'],
    [{ not: null }, 'hello'],
    [
      { contains: 'x', other: 1 },
      { contains: 'x', other: 1 },
    ],
  ])('%j holds for %j', async ([expected, actual]) => {
    expect(await messages(expected, actual)).toEqual([])
  })

  test.for<[Json, Json, readonly string[]]>([
    ['a', 'b', ['is "b", expected "a"']],
    [{ a: { b: 1 } }, { a: {} }, ['a.b is missing']],
    [{ a: 1, b: 2 }, { a: 2, b: 3 }, ['a is 2, expected 1', 'b is 3, expected 2']],
    [[], [1], ['has 1 entry, expected 0: [1]']],
    [[1, 2], [1], ['has 1 entry, expected 2: [1]']],
    [[1, 2], [1, 3], ['1 is 3, expected 2']],
    [{ a: 1 }, 'text', ['is "text", expected a map']],
    [{ contains: 'x' }, 'hello', ['contains is "hello", expected it to contain "x"']],
    [{ matches: '^e' }, 'hello', ['matches is "hello", expected it to match ^e']],
    [{ matches: '(?=a)' }, 'hello', ['matches cannot be compared: the pattern cannot be used: ']],
    [{ schema: { type: 'integer' } }, 'a', ['schema does not fit the schema: ']],
    [{ not: 'hello' }, 'hello', ['not is "hello", which is what it must not be']],
  ])('%j does not hold for %j', async ([expected, actual, wanted]) => {
    const found = await messages(expected, actual)
    expect(found).toHaveLength(wanted.length)
    for (const [index, text] of wanted.entries()) expect(found[index]).toContain(text)
  })

  test('may name some entries of a long list, in their order', async () => {
    expect(await messages([1, 3], [1, 2, 3], 'some')).toEqual([])
    expect(await messages([3, 1], [1, 2, 3], 'some')).toEqual(['1 has no entry after entry 3 that matches 1'])
  })
})
