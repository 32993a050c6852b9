import { describe, expect, test } from 'vitest'
import { canMatchPrefix, matchesGlob } from '../../src/util/glob.ts'

describe('matchesGlob', () => {
  test.each([
    ['read_file', 'read_file', true],
    ['read_file', 'read_files', false],
    ['read_*', 'read_file', true],
    ['read_*', 'read_', true],
    ['*_file', 'read_file', true],
    ['read_?ile', 'read_file', true],
    ['read_?', 'read_', false],
    ['files/read_*', 'files/read_file', true],
    ['files/*', 'files/read_file', true],
    ['files/*', 'files/a/b', false],
    ['files/**', 'files/a/b', true],
    ['read_*', 'read_/x', false],
    ['*/read', 'files/read', true],
    ['?', '/', false],
    ['a?b', 'a/b', false],
    ['*', 'cancel_order', true],
    ['*', 'files/read_file', true],
    ['**', 'files/read_file', true],
    ['Read', 'read', false],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['a+', 'a+', true],
  ])('%s, %s: %s', (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected)
  })

  test('a hostile pattern takes no longer than its length and the name allow', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(500))).toBe(false)
    expect(matchesGlob(`${'**a'.repeat(200)}b`, 'a/'.repeat(500))).toBe(false)
  })
})

test.each([
  ['files/read', 'files/', true],
  ['files/*', 'files/', true],
  ['f*/w?', 'files/', true],
  ['*', 'files/', true],
  ['**', 'files/', true],
  ['**_file', 'files/', true],
  ['*_file', 'files/', false],
  ['file', 'files/', false],
  ['logs/*', 'files/', false],
  ['files?read', 'files/', false],
])('%s can match what begins with %s: %s', (pattern, prefix, expected) => {
  expect(canMatchPrefix(pattern, prefix)).toBe(expected)
})
