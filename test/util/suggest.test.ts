import { describe, expect, test } from 'vitest'
import { isSlip, suggest } from '../../src/util/suggest.ts'

describe('suggest', () => {
  const cases: readonly (readonly [
    word: string,
    candidates: readonly string[],
    expected: string | undefined,
  ])[] = [
    ['biling', ['billing', 'refunds'], 'billing'],
    ['blling', ['billing', 'bling'], 'billing'],
    ['modle', ['model', 'mode'], 'model'],
    ['tool', ['tools', 'type'], 'tools'],
    ['MAX_TURNS', ['max_turns'], 'max_turns'],
    ['maxTurns', ['max_tunes', 'max_turns'], 'max_turns'],
    ['max-turns', ['max_turns'], 'max_turns'],
    ['Billing', ['bulling', 'billing'], 'billing'],
    ['descr', ['description', 'type'], 'description'],
    ['settings', ['model_settings', 'model'], 'model_settings'],
    ['guardrails', ['input_guardrails', 'output_guardrails'], undefined],
    ['entri', ['entries_of_all', 'entry'], 'entry'],
    ['abc', ['xyz'], undefined],
    ['ab', ['ac'], undefined],
    ['', ['a'], undefined],
    ['anything', [], undefined],
    ['cat', ['bat', 'rat'], 'bat'],
  ]
  test.each(cases)('%s among %j is %s', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected)
  })

  test('takes any iterable', () => {
    expect(suggest('biling', new Set(['billing']))).toBe('billing')
  })

  test('does not compare very long words', () => {
    const long = 'a'.repeat(1_000_000)
    expect(suggest(long, [`${long}b`])).toBeUndefined()
    expect(isSlip(long, `${long}b`)).toBe(false)
  })
})

describe('isSlip', () => {
  test('is one letter, two swapped, or another case', () => {
    expect(isSlip('tool', 'tools')).toBe(true)
    expect(isSlip('tolos', 'tools')).toBe(true)
    expect(isSlip('maxTurns', 'max_turns')).toBe(true)
    expect(isSlip('settings', 'model_settings')).toBe(false)
    expect(isSlip('tals', 'tools')).toBe(false)
  })
})
