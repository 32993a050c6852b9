import { expect, test } from 'vitest'
import { copyJson } from '../../src/util/copy-json.ts'

test('a copy is equal, and nothing in it is shared', () => {
  const value = {
    n: 1,
    list: [{ deep: ['x'] }, null, true],
    object: { empty: {} },
    ['__proto__']: { own: 1 },
  }
  const copy = copyJson(value)
  expect(copy).toEqual(value)
  expect(Object.hasOwn(copy, '__proto__')).toBe(true)
  expect(copy).not.toBe(value)
  expect(copy['list']).not.toBe(value.list)
  expect(copy['object']).not.toBe(value.object)
  ;(value.list[0] as { deep: string[] }).deep.push('y')
  expect(copy['list']).toEqual([{ deep: ['x'] }, null, true])
})
