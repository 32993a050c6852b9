import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/runtime/redaction/redactor.ts'

const key = { name: 'API_KEY', value: 'sk-12345678' }

function stream(secrets: readonly { name: string; value: string }[], pieces: readonly string[]): string[] {
  const redacting = createRedactor(secrets).stream()
  return [...pieces.map((piece) => redacting.push(piece)), redacting.flush()]
}

describe('text', () => {
  test.each([
    ['the key is sk-12345678.', 'the key is [redacted:API_KEY].'],
    ['sk-12345678sk-12345678', '[redacted:API_KEY][redacted:API_KEY]'],
    ['sk-1234567', 'sk-1234567'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(createRedactor([key]).text(text)).toBe(expected)
  })

  test('the longest of several secrets is replaced', () => {
    const redactor = createRedactor([key, { name: 'LONG_KEY', value: 'sk-12345678-more' }])
    expect(redactor.text('sk-12345678-more sk-12345678')).toBe('[redacted:LONG_KEY] [redacted:API_KEY]')
  })

  test('one value under two names shows the first', () => {
    expect(createRedactor([key, { name: 'OTHER', value: key.value }]).text(key.value)).toBe(
      '[redacted:API_KEY]',
    )
  })

  test('characters with a meaning in patterns and replacements are themselves', () => {
    const odd = { name: 'ODD_KEY', value: '$& (a|b)* \\d+ [x] ^$' }
    expect(createRedactor([odd]).text(`<${odd.value}>`)).toBe('<[redacted:ODD_KEY]>')
    expect(createRedactor([odd]).text('xaaaa 1')).toBe('xaaaa 1')
  })

  test('a secret is found inside JSON text, JSON in JSON, and addresses', () => {
    const secret = { name: 'PASSWORD', value: 'p"ä/s\\s&word' }
    const redactor = createRedactor([secret])
    const json = JSON.stringify({ password: secret.value })
    expect(redactor.text(json)).toBe('{"password":"[redacted:PASSWORD]"}')
    expect(redactor.text(JSON.stringify({ json }))).toBe(
      '{"json":"{\\"password\\":\\"[redacted:PASSWORD]\\"}"}',
    )
    const address = `https://example.com/?password=${encodeURIComponent(secret.value)}&x=1`
    expect(redactor.text(address)).toBe('https://example.com/?password=[redacted:PASSWORD]&x=1')
  })
})

describe('json', () => {
  const redactor = createRedactor([key, { name: 'PIN_SECRET', value: '12345678' }])

  test('strings and keys at any depth', () => {
    expect(redactor.json({ a: ['sk-12345678', { 'sk-12345678': 'x sk-12345678' }] })).toEqual({
      a: ['[redacted:API_KEY]', { '[redacted:API_KEY]': 'x [redacted:API_KEY]' }],
    })
  })

  test('a number that is a secret becomes text', () => {
    expect(redactor.json<unknown>({ pin: 12345678, n: 5 })).toEqual({ pin: '[redacted:PIN_SECRET]', n: 5 })
  })

  test('what holds no secret is the same object', () => {
    const clean = { list: [1, 'a', null, true], nested: { b: {} } }
    const value = { clean, secret: ['sk-12345678'] }
    expect(redactor.json(clean)).toBe(clean)
    expect(redactor.json(value).clean).toBe(clean)
    expect(value.secret).toEqual(['sk-12345678'])
  })

  test('keys with a meaning in JavaScript are data', () => {
    const value: unknown = JSON.parse('{"__proto__": {"x": "sk-12345678"}}')
    expect(JSON.stringify(redactor.json(value))).toBe('{"__proto__":{"x":"[redacted:API_KEY]"}}')
  })
})

describe('streams', () => {
  test('hold back only what could be the beginning of a secret', () => {
    expect(stream([key], ['hello s', 'ome sk-', '1234', '5678 and', ' sk'])).toEqual([
      'hello ',
      'some ',
      '',
      '[redacted:API_KEY] and',
      ' ',
      'sk',
    ])
  })

  test('a text with no secret in it comes through as it comes', () => {
    expect(stream([key], ['abc', 'def', 'ghi'])).toEqual(['abc', 'def', 'ghi', ''])
  })

  test.each([
    ['two letters', ['a', 'b']],
    ['letters that are escaped', ['a', '"', '\\', '😀', 'é']],
  ])('any way of cutting a text of %s gives what the whole text gives', (_name, letters) => {
    const letter = fc.constantFrom(...letters)
    const secret = fc.string({ unit: letter, minLength: 1, maxLength: 5 })
    const cuts = fc.array(fc.nat(40), { maxLength: 8 })
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: letter, maxLength: 40 }),
        cuts,
        (values, text, places) => {
          const secrets = values.map((value, index) => ({ name: `S${index}`, value }))
          const sorted = [0, ...places.toSorted((a, b) => a - b), text.length]
          const pieces = sorted.slice(1).map((end, index) => text.slice(sorted[index], end))
          const whole = createRedactor(secrets).text(pieces.join(''))
          expect(stream(secrets, pieces).join('')).toBe(whole)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('no secret is ever shown in pieces', () => {
    const secret = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 })),
        (value, pieces) => {
          const shown = stream([{ name: 'X', value }], pieces)
            .join('')
            .replaceAll('[redacted:X]', '|')
          expect(shown).not.toContain(value)
        },
      ),
    )
  })
})

describe('without secrets', () => {
  const redactor = createRedactor([])

  test('everything is what it was', () => {
    const value = { a: ['x'] }
    expect(redactor.text('x')).toBe('x')
    expect(redactor.json(value)).toBe(value)
    expect(stream([], ['a', 'b'])).toEqual(['a', 'b', ''])
  })
})
