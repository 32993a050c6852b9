import { describe, expect, test } from 'vitest'
import { parseText } from '../../support/parse-text.ts'

describe('syntax errors, in plain words', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1', '2:1 AS1002'],
    ['a tab before a list', 'a:\n\t- x', '2:1 AS1002'],
    ['bad indentation', 'a:\n  b: 1\n c: 2', '3:1 AS1003'],
    ['an unquoted template', 'a:\n  b: {{ x }}', '2:6 AS1004'],
    ['an unquoted template with text behind it', 'a: {{ x }} and more', '1:4 AS1004'],
    ['an unquoted template in a list', '- {{ x }}', '1:3 AS1004'],
    ['an unquoted tag of a template', 'a: {% if x %}', '1:4 AS1004'],
    ['a reserved character', 'a: @home', '1:4 AS1004'],
    ['a backtick', 'a: `x`', '1:4 AS1004'],
    ['a colon in a value', 'a: b: c', '1:4 AS1005'],
    ['an unclosed double quote', 'a: "x\nb: 1\n', '1:4 AS1006'],
    ['an unclosed single quote', "a: 'x\nb: 1\n", '1:4 AS1006'],
    ['an unclosed list', 'a: [1, 2\nb: 1', '1:4 AS1006'],
    ['an unclosed map', 'a: { b: 1\nc: 2', '1:4 AS1006'],
    ['a line without a colon', 'a: 1\nb', '2:1 AS1007'],
    ['a colon without a space', 'a: 1\nb:2', '2:1 AS1007'],
    ['a quote inside quotes', "a: 'it's'", '1:8 AS1008'],
    ['an unknown escape', 'a: "\\q"', '1:5 AS1009'],
    ['a list as a key', '? [a]\n: 1', '1:3 AS1025'],
    ['an alias without a name', 'a: *', '1:4 AS1016'],
    ['a stray bracket', 'a: ]', '1:4 AS1001'],
  ])('%s', (_what, text, expected) => {
    const { findings, document } = parseText(text)
    expect(findings.map((finding) => finding.split(' ').slice(0, 2).join(' '))).toEqual([expected])
    expect(document).toBeUndefined()
  })

  test.each([
    ['a: "x"#c', '1:7', 'a comment needs a space before its "#"'],
    ['a: |\n    \n  x', '3:3', 'the empty lines above a block must not be indented more than its text'],
    ['a: >x\n', '1:5', 'text cannot follow on the line of "|" or ">"'],
    ['a: ["x" "y"]', '1:9', 'a comma is missing before this'],
    ['a: {"x" "y"}', '1:9', 'a comma or a colon is missing before this'],
    ['a: {b: 1 c: 2}', '1:8', 'a comma is missing here, or brackets around this'],
    ['a: {\n b:\n   - c\n}', '3:4', 'inside of brackets, maps and lists stand in brackets, too'],
    ['a: [\n- b\n]', '2:1', 'what stands in brackets is indented more than the key above it'],
    ['r:\n  a: {\n    b: 1\n}', '4:1', 'what stands in brackets is indented more than the key above it'],
    ['a: [1,, 2]', '1:7', 'a value is missing before this comma'],
    ['a: [1]]', '1:7', '"]" cannot stand here'],
    ['a: |10\n x', '1:6', 'text cannot follow on the line of "|" or ">"'],
    ['a: - b', '1:4', 'a list begins on the line after its key'],
    ['a: &x[1]', '1:6', 'an anchor or a tag needs a space after it'],
    ['&x - a', '1:1', 'a list begins on the line after its anchor or tag'],
    ['%YAML 1.2\na: 1', '2:1', 'a line "---" is missing between the directives and the document'],
    ['--- a: 1', '1:5', 'a map or a list begins on the line after "---"'],
    ['%YAML\n---\na: 1', '1:1', 'this directive is not complete'],
    ['a: & b', '1:4', 'an anchor has a name: "&name"'],
    ['a: &x: y', '1:6', 'the name of an anchor cannot end with a colon'],
    ['a: &b 1\nc: *b:', '2:6', 'an alias that is a key needs a space before the colon'],
    ['x: &x 1\na: &y *x', '2:7', 'an alias has no anchor or tag of its own'],
    ['a: &x &y 1', '1:7', 'a value has at most one anchor'],
    ['a: !!str !!str 1', '1:10', 'a value has at most one tag'],
    ['&x ? a', '1:4', 'an anchor or a tag stands after the "-", "?" or ":" of its value'],
    ['a: !<x', '1:4', 'this tag is not complete'],
    [`${'a'.repeat(1030)}: 1`, '1:1', 'a key has at most 1024 characters'],
  ])('%j', (text, place, detail) => {
    const [finding = ''] = parseText(text).findings
    expect(finding).toBe(`${place} AS1001 This is not valid YAML: ${detail}.`)
  })

  test('nothing is told of what follows a bracket that is never closed', () => {
    const { findings } = parseText('a: {b: 1\nc: d: e\nf: %x')
    expect(findings).toEqual(['1:4 AS1006 This "{" is never closed.'])
  })

  test('mistakes on different lines are all told, each line once', () => {
    const { findings } = parseText('a: @x\nb: 1\nc: %y\nd: {{ z }} {{ z }}')
    expect(findings.map((finding) => finding.slice(0, 3))).toEqual(['1:4', '3:4', '4:4'])
  })
})

describe('what YAML allows and a spec does not', () => {
  test.each([
    ['a duplicate key', 'a: 1\na: 2', '2:1 AS1020 The key "a" is already used in this map.'],
    [
      'a duplicate key in another spelling',
      '{ a: 1, "a": 2 }',
      '1:9 AS1020 The key "a" is already used in this map.',
    ],
    ['an unknown tag', 'a: !x 1', '1:4 AS1021 The YAML tag "!x" is not supported.'],
    ['a tag of YAML 1.1', 'a: !!binary aGk=', '1:4 AS1021 The YAML tag "!!binary" is not supported.'],
    [
      'an unsafe integer',
      'a: 9007199254740992',
      '1:4 AS1023 The integer 9007199254740992 is too large to be kept exactly (at most 9007199254740991).',
    ],
    [
      'an unsafe integer in hexadecimal',
      'a: 0xFFFFFFFFFFFFFF',
      '1:4 AS1023 The integer 0xFFFFFFFFFFFFFF is too large to be kept exactly (at most 9007199254740991).',
    ],
    ['infinity', 'a: -.inf', '1:4 AS1024 -.inf is not a number that JSON can hold.'],
    ['a number too large for a double', 'a: 1e999', '1:4 AS1024 1e999 is not a number that JSON can hold.'],
    ['not a number', 'a: .NaN', '1:4 AS1024 .NaN is not a number that JSON can hold.'],
    [
      'a lone surrogate',
      'a: "\\uDC00"',
      '1:4 AS1026 The text holds half of a Unicode character (a lone surrogate).',
    ],
    ['a merge of a text', 'a: { <<: x }', '1:10 AS1018 "<<" merges a map, or a list of maps.'],
  ])('%s', (_what, text, expected) => {
    const { findings, document } = parseText(text)
    expect(findings).toEqual([expected])
    expect(document).toBeDefined()
  })

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s, at any depth', (key) => {
    const { findings, document } = parseText(`a:\n  - b: { ${key}: { polluted: true } }`)
    expect(findings).toEqual([
      `2:10 AS1022 "${key}" cannot be a key: it has a meaning of its own in JavaScript.`,
    ])
    expect(document?.value).toEqual({ a: [{ b: {} }] })
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('a forbidden key that is merged in', () => {
    const { findings, document } = parseText('a: &a { __proto__: { x: 1 } }\nb: { <<: *a }')
    expect(findings).toHaveLength(1)
    expect(Object.getPrototypeOf(document?.value)).toBe(Object.prototype)
  })

  test('a duplicate key names both places', () => {
    const { diagnostics } = parseText('a: 1\nb: 2\na: 3')
    expect(diagnostics[0]?.start.line).toBe(3)
    expect(diagnostics[0]?.related).toMatchObject([
      { message: '"a" is first used here', start: { line: 1, column: 1 } },
    ])
  })

  test.each([
    ['nothing at all', ''],
    ['a comment', '# later\n'],
    ['only a marker', '---\n'],
  ])('an empty file: %s', (_what, text) => {
    expect(parseText(text).findings).toEqual(['1:1 AS1015 The file is empty.'])
  })

  test.each([
    ['with content', 'a: 1\n---\nb: 2', '2:1'],
    ['without content', 'a: 1\n---\n', '2:1'],
    ['after an end marker', 'a: 1\n...\nb: 2', '3:1'],
  ])('a second document %s', (_what, text, place) => {
    expect(parseText(text).findings).toEqual([
      `${place} AS1014 A file holds one YAML document; a second one starts here.`,
    ])
  })

  test('another version of YAML', () => {
    expect(parseText('%YAML 1.1\n---\na: yes').findings).toEqual([
      '1:1 AS1019 The directive "%YAML 1.1" is not supported: a spec is YAML 1.2.',
    ])
    expect(parseText('%YAML 1.2\n---\na: yes').findings).toEqual([])
  })

  test('an alias without an anchor, with the nearest name', () => {
    const { findings, document } = parseText('a: &base 1\nb: *bsae')
    expect(findings).toEqual(['2:4 AS1016 No anchor "&bsae" stands before this alias. Did you mean "*base"?'])
    expect(document).toBeUndefined()
  })
})
