import { describe, expect, test } from 'vitest'
import { parseStrictJson } from '../../src/util/strict-json.ts'

test.each([
  '{}',
  '{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}',
  '{"time":"12:30:00","a:b":[":"]}',
  '{"__proto__":1,"constructor":2}',
  '[0.1234567890123456789, 1.5e3, 9007199254740991, -9007199254740991, 1e-400]',
  '{"id":"9007199254740993"}',
])('%s means what it says', (text) => {
  expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
})

describe('is refused:', () => {
  test.each([
    ['a key given twice', '{"a":1,"a":2}', 'the key "a" is given twice'],
    ['far inside', '[{"b":{"c":{"a":1,"a":2}}}]', 'the key "a" is given twice'],
    ['written in two ways', '{"a":1,"\\u0061":2}', 'the key "a" is given twice'],
    ['with a colon in it', '{"a:b":1,"a:b":2}', 'the key "a:b" is given twice'],
    ['beside texts with colons', '{"x":"::","a":":","a":2}', 'the key "a" is given twice'],
    ['an integer that is not exact', '{"id":9007199254740993}', 'cannot be kept exactly'],
    ['with an exponent', '{"id":12345678901234567e2}', 'cannot be kept exactly'],
    ['an exponent only', '{"id":1E20}', 'cannot be kept exactly'],
    ['a number that is too large', '{"n":1e400}', 'the number 1e400 is too large'],
    ['half a character', '{"a":"\\ud800"}', 'not valid Unicode'],
    ['no JSON', '{"a":}', 'JSON'],
  ])('%s: %s', (_, text, problem) => {
    const parsed = parseStrictJson(text)
    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) as string })
  })
})
