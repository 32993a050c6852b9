import { expect, test } from 'vitest'
import { wellFormedJson } from '../../src/util/well-formed.ts'

test('half characters become the replacement character, in texts and in keys', () => {
  const value = { 'a\ud83d': ['\udc00b', { deep: 'x\ud83d' }], whole: '🧀' }
  expect(wellFormedJson(value)).toEqual({ 'a\ufffd': ['\ufffdb', { deep: 'x\ufffd' }], whole: '🧀' })
})

test('a value without any is the same object', () => {
  const value = { a: ['🧀', 1, null, true, {}], b: [] }
  expect(wellFormedJson(value)).toBe(value)
})
