import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasInterpolation, interpolate, parseInterpolation } from '../../src/spec/interpolation.ts'

function run(text: string, variables: Record<string, string | undefined> = {}) {
  const parsed = parseInterpolation(text)
  if ('error' in parsed) throw new Error(parsed.error)
  return interpolate(parsed.parts, variables)
}

function mistake(text: string) {
  const parsed = parseInterpolation(text)
  return 'error' in parsed ? parsed : undefined
}

describe('values', () => {
  const variables = { SET: 'value', EMPTY: '' }
  test.each([
    ['a ${SET} b', 'a value b'],
    ['${SET}${SET}', 'valuevalue'],
    ['${SET:-x}', 'value'],
    ['${EMPTY:-x}', 'x'],
    ['${UNSET:-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${UNSET-x}', 'x'],
    ['${UNSET:-}', ''],
    ['${UNSET:-${SET}}', 'value'],
    ['${UNSET:-http://${UNSET:-localhost}:8080/v1}', 'http://localhost:8080/v1'],
    ['${UNSET:-a:-b?c}', 'a:-b?c'],
    ['${SET:?needed}', 'value'],
    ['${EMPTY?needed}', ''],
  ])('%s', (text, expected) => {
    expect(run(text, variables).text).toBe(expected)
  })

  test('a value is never interpolated again', () => {
    expect(run('${A}', { A: '${B}$$', B: 'x' }).text).toBe('${B}$$')
  })

  test('only own properties are variables', () => {
    expect(run('${constructor}${toString}${__proto__}').unset.map((entry) => entry.name)).toEqual([
      'constructor',
      'toString',
      '__proto__',
    ])
  })
})

describe('dollar signs', () => {
  test.each([
    ['$$', '$'],
    ['$$$$', '$$'],
    ['$${SET}', '${SET}'],
    ['costs $5', 'costs $5'],
    ['$HOME', '$HOME'],
    ['trailing $', 'trailing $'],
    ['${UNSET:-$$5}', '$5'],
    ['a } b', 'a } b'],
  ])('%s', (text, expected) => {
    expect(run(text, { SET: 'value' }).text).toBe(expected)
  })

  test('a doubled text always comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', '?') }), (text) => {
        expect(run(text.replaceAll('$', '$$$$')).text).toBe(text)
      }),
    )
  })
})

describe('what is reported', () => {
  test('a required variable without a value is missing, with its message and place', () => {
    expect(run('key=${KEY:?set KEY to your key} ${OTHER:?}', { KEY: '' })).toEqual({
      text: 'key= ',
      used: ['KEY', 'OTHER'],
      missing: [
        { name: 'KEY', message: 'set KEY to your key', offset: 4 },
        { name: 'OTHER', message: null, offset: 32 },
      ],
      unset: [],
    })
  })

  test('a plain variable without a value is empty and reported as unset', () => {
    expect(run('x${A}', { A: undefined }).unset).toEqual([{ name: 'A', offset: 1 }])
  })

  test('variables of a default count only when the default is taken', () => {
    expect(run('${A:-${B}}', { A: '1', B: '2' }).used).toEqual(['A'])
    expect(run('${A:-${B}}', { B: '2' }).used).toEqual(['A', 'B'])
  })
})

describe('mistakes are data with an offset', () => {
  test.each([
    ['ab${', 2, /never closed/],
    ['ab${A', 2, /never closed/],
    ['${A:-b', 0, /never closed/],
    ['${A:?b', 0, /never closed/],
    ['${A:-${B}', 0, /never closed/],
    ['x ${}', 2, /"\$\{\}" does not name a variable/],
    ['${1A}', 0, /does not name a variable/],
    ['${A B}', 0, /cannot follow the variable A/],
    ['${A:+b}', 0, /":\+" cannot follow the variable A/],
  ])('%s', (text, offset, message) => {
    expect(mistake(text)?.offset).toBe(offset)
    expect(mistake(text)?.error).toMatch(message)
  })

  test('deep nesting is refused', () => {
    expect(mistake('${A:-'.repeat(100_000))?.error).toMatch(/nested/)
  })

  test('any text is either parsed or explained', () => {
    const alphabet = fc.constantFrom('$', '{', '}', 'A', ':', '-', '?', ' ', '\n', 'é')
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 30 }), (text) => {
        const parsed = parseInterpolation(text)
        if ('error' in parsed) expect(parsed.offset).toBeLessThan(text.length)
        else if (!hasInterpolation(text)) expect(interpolate(parsed.parts, {}).text).toBe(text)
      }),
    )
  })
})
