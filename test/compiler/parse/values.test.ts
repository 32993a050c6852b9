import { describe, expect, test } from 'vitest'
import { parseText } from '../../support/parse-text.ts'

function valueOf(text: string): unknown {
  const { document, findings } = parseText(text)
  expect(findings).toEqual([])
  return document?.value
}

describe('YAML 1.2, core schema', () => {
  test.each([
    ['yes, no, on and off are texts', '[yes, no, on, off]', ['yes', 'no', 'on', 'off']],
    ['only true and false are bools', '[true, True, FALSE, y]', [true, true, false, 'y']],
    ['numbers in every notation', '[0x1F, 0o17, 012, 1e3, -0.5]', [31, 15, 12, 1000, -0.5]],
    ['nulls', '[null, ~, ]', [null, null]],
    ['dates and times are texts', '[2026-11-22, 12:30]', ['2026-11-22', '12:30']],
    ['keys are texts', '{ 1: a, true: b, null: c }', { 1: 'a', true: 'b', null: 'c' }],
    ['explicit core tags', '[!!str 1, !!int 7, ! 2]', ['1', 7, '2']],
    [
      'the largest safe integers',
      '[9007199254740991, -9007199254740991]',
      [9007199254740991, -9007199254740991],
    ],
    ['JSON', '{\n\t"a": ["x\\/y", "\\ud83d\\ude00", 1.5e3, null]\n}', { a: ['x/y', '😀', 1500, null] }],
    ['a value without a key', 'plain text', 'plain text'],
    ['Windows line ends', 'a:\r\n  b: 1\r\n', { a: { b: 1 } }],
    ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
    ['keys of Object.prototype', '{ toString: 1, hasOwnProperty: 2 }', { toString: 1, hasOwnProperty: 2 }],
  ])('%s', (_what, text, value) => {
    expect(valueOf(text)).toEqual(value)
  })
})

describe('anchors and merges', () => {
  test('an alias stands for the last anchor of its name before it', () => {
    expect(valueOf('[&a 1, *a, &a 2, *a]')).toEqual([1, 1, 2, 2])
  })

  test('explicit keys win over merged ones, wherever they stand', () => {
    expect(valueOf('base: &b { x: 1, y: 1 }\nout: { x: 2, <<: *b, y: 3 }')).toMatchObject({
      out: { x: 2, y: 3 },
    })
  })

  test('of several merged maps the earlier one wins', () => {
    const text = 'a: &a { x: a }\nb: &b { x: b, y: b }\nlist: { <<: [*a, *b] }\nkeys: { <<: *a, "z": 1 }'
    expect(valueOf(text)).toMatchObject({ list: { x: 'a', y: 'b' }, keys: { x: 'a', z: 1 } })
  })

  test('a merged map may itself be merged, and may be written in place', () => {
    const text = 'a: &a { x: 1 }\nb: &b { <<: *a, y: 2 }\nc: { <<: *b }\nd: { <<: { z: 3 } }'
    expect(valueOf(text)).toMatchObject({ c: { x: 1, y: 2 }, d: { z: 3 } })
  })

  test('a quoted "<<" is a key like any other', () => {
    expect(valueOf('"<<": { x: 1 }')).toEqual({ '<<': { x: 1 } })
  })

  test('an anchor on a key can be repeated', () => {
    expect(valueOf('&k name: 1\nother: *k')).toEqual({ name: 1, other: 'name' })
  })

  test('a merged list of maps may come from an anchor', () => {
    expect(valueOf('l: &l [{ x: 1 }, { y: 2 }]\nm: { <<: *l }')).toMatchObject({ m: { x: 1, y: 2 } })
  })
})
