import { describe, expect, test } from 'vitest'
import type { Location } from '../../../src/spec/diagnostic.ts'
import type { Part } from '../../../src/spec/document.ts'
import { fromPointer } from '../../../src/spec/path.ts'
import { parseText } from '../../support/parse-text.ts'

/** The written text at a place. */
function textAt(text: string, pointer: string, part: Part = 'value'): string {
  const { document, source } = parseText(text)
  const location = document?.rangeAt(fromPointer(pointer), part)
  return location === undefined
    ? 'no document'
    : source.text.slice(location.start.offset, location.end.offset)
}

function textWithin(text: string, pointer: string, start: number, end: number): string {
  const { document, source } = parseText(text)
  const location = document?.rangeWithin(fromPointer(pointer), start, end)
  return location === undefined
    ? 'no document'
    : source.text.slice(location.start.offset, location.end.offset)
}

function lineAndColumn(location: Location | undefined): string {
  return location === undefined ? 'nowhere' : `${location.start.line}:${location.start.column}`
}

describe('the place of a value, a key, an owner', () => {
  const text = 'a:\n  "b b": [x, { c: 1 }]   # comment\n  d: |\n    text\n    more\n\ne:\n'

  test.each([
    ['/a/b b/0', 'value', 'x'],
    ['/a/b b/1', 'value', '{ c: 1 }'],
    ['/a/b b/1/c', 'key', 'c'],
    ['/a/b b', 'key', '"b b"'],
    ['/a/b b', 'value', '[x, { c: 1 }]'],
    ['/a/d', 'value', '|\n    text\n    more'],
    ['/a', 'key', 'a'],
    ['/a/b b/1', 'owner', '{ c: 1 }'],
    ['/a', 'owner', 'a'],
    ['', 'owner', 'a'],
    ['/e', 'value', 'e'],
  ] as const)('%s, %s', (pointer, part, expected) => {
    expect(textAt(text, pointer, part)).toBe(expected)
  })

  test.each([
    ['a key that is not there', '/a/zzz', 'a'],
    ['below a key that is not there', '/a/zzz/y/0', 'a'],
    ['an index that is not there', '/a/b b/7', '"b b"'],
    ['inside a scalar', '/a/b b/0/x', 'x'],
    ['at the top', '/zzz', 'a'],
  ])('where a path leads nowhere, the nearest value around it: %s', (_what, pointer, expected) => {
    expect(textAt(text, pointer)).toBe(expected)
  })
})

describe('anchors, aliases and merges', () => {
  const text = 'base: &base { x: 1, y: [2] }\none: *base\ntwo: { <<: *base, z: 3 }'

  test('a value behind an alias is where the anchor is', () => {
    expect(textAt(text, '/one/y/0')).toBe('2')
    expect(textAt(text, '/one')).toBe('{ x: 1, y: [2] }')
    expect(textAt(text, '/one', 'owner')).toBe('base')
    expect(textAt(text, '/one', 'key')).toBe('one')
  })

  test('a merged key is where it is written', () => {
    const { document } = parseText(text)
    expect(lineAndColumn(document?.rangeAt(['two', 'x'], 'key'))).toBe('1:15')
    expect(lineAndColumn(document?.rangeAt(['two', 'z'], 'key'))).toBe('3:19')
    expect(textAt(text, '/two', 'owner')).toBe('two')
  })

  test('the aliases on the way to a value are known', () => {
    const { document } = parseText(text)
    expect(document?.aliasesAt(['one', 'y']).map(lineAndColumn)).toEqual(['2:6'])
    expect(document?.aliasesAt(['base', 'y'])).toEqual([])
  })
})

describe('a piece of a text', () => {
  test.each([
    ['plain', 'a: args.amount > 5', 5, 11, 'amount'],
    ['single quotes', "a: 'it''s args.amount'", 10, 16, 'amount'],
    ['double quotes', 'a: "tab\\t\\u00e9 \\"amount\\""', 7, 13, 'amount'],
    ['a surrogate pair as an escape', 'a: "\\ud83d\\ude00 amount"', 3, 9, 'amount'],
    ['a literal block', 'a: |\n    first\n    amount\n', 6, 12, 'amount'],
    ['a folded block', 'a: >-\n    first\n    amount\n', 6, 12, 'amount'],
    ['a block with Windows line ends', 'a: |\r\n    first\r\n    amount\r\n', 6, 12, 'amount'],
    ['plain text over lines', 'a: first\n   amount', 6, 12, 'amount'],
    ['double quotes over lines', 'a: "first\n   amount"', 6, 12, 'amount'],
    ['double quotes with a joined line', 'a: "first\\\n   amount"', 5, 11, 'amount'],
  ])('%s', (_what, text, start, end, expected) => {
    expect(textWithin(text, '/a', start, end)).toBe(expected)
  })

  test('offsets beyond the text end where the text ends', () => {
    expect(textWithin('a: "xyz"', '/a', 1, 99)).toBe('yz')
    expect(textWithin('a: xyz', '/a', 50, 60)).toBe('')
  })

  test('of something that is no text: the whole value', () => {
    expect(textWithin('a: [1]', '/a', 0, 1)).toBe('[1]')
  })
})

describe('lines, columns and offsets', () => {
  test('columns count UTF-16 code units, a byte order mark none, CRLF ends one line', () => {
    const { document } = parseText('\uFEFF"😀": 1\r\nb: 2')
    expect(document?.rangeAt(['😀'], 'value').start).toEqual({ line: 1, column: 7, offset: 6 })
    expect(document?.rangeAt(['b'], 'key').start).toEqual({ line: 2, column: 1, offset: 9 })
  })
})
