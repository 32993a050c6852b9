import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateSpec } from '../../../bench/support/generate-spec.ts'
import { root } from '../../../scripts/entries.ts'
import { parseYaml } from '../../../src/compiler/parse/parse-yaml.ts'
import { readPlainYaml } from '../../../src/compiler/parse/plain/plain-yaml.ts'
import type { PlacedEntry, PlacedNode } from '../../../src/spec/document.ts'
import { createReporter } from '../../../src/spec/reporter.ts'
import { createSource } from '../../../src/spec/source.ts'
import type { Source } from '../../../src/spec/source.ts'

/** The places of a document, without what leads back to its source. */
function placesOf({ start, end, style, owner, entries }: PlacedNode): unknown {
  const entry = ([name, { key, node, alias }]: [string, PlacedEntry]): unknown => [
    name,
    key && [key.start, key.end],
    alias,
    placesOf(node),
  ]
  return { start, end, style, owner: owner && [owner.start, owner.end], entries: [...entries].map(entry) }
}

function sourceOf(text: string): Source {
  return createSource('spec.yaml', 'spec.yaml', text)
}

/** What the YAML library makes of a text. */
function byLibrary(text: string): unknown {
  const reporter = createReporter()
  const { document, ignores } = parseYaml(sourceOf(text), reporter.report)
  return {
    value: JSON.stringify(document?.value),
    places: document && placesOf(document.root),
    ignores,
    mistakes: reporter.diagnostics.map(({ code }) => code),
  }
}

/** True for a text that was plain; then the library has been asked, too. */
function isPlainAndRight(text: string): boolean {
  const plain = readPlainYaml(sourceOf(text))
  if (plain === undefined) return false
  const seen = { value: JSON.stringify(plain.value), places: placesOf(plain.root), ignores: [], mistakes: [] }
  expect(seen, JSON.stringify(text)).toEqual(byLibrary(text))
  return true
}

const indents = fc.constantFrom('', '', '', '', '  ', '  ', '    ', ' ')
const keys = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '"q"', "'s'", 'x-y', '12', 'null', 'a.b/c'),
  },
  { weight: 1, arbitrary: fc.constantFrom('<<', '__proto__', 'a b', '- a', '? a', '"a\\"b"') },
)
const usualValues = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '1',
    'some text',
    '"dq \\" x"',
    "'s''q'",
    '""',
    '{ a: 1, b: [x, y] }',
    '[]',
    '{}',
    '|',
    '>',
    '|-',
  ],
  ...[
    'a # c',
    '# c',
    '[a,\n   b]',
    '{ p: q,\n    r: s }',
    '[\n   a\n   ]',
    'http://x:1/a?b#c',
    '-1.5',
    '10s',
    '1.2.0',
  ],
  ...[
    '~',
    'True',
    'a:b',
    'x ',
    "it's",
    '{ "a": 1 }',
    '[{ a: 1 }, [2]]',
    '{a: "b, c"}',
    '[a b, c d]',
    '[1, 2,]',
    '[ ]',
  ],
  ...[
    '[a ]  # c',
    '2026-01-02',
    '${A}',
    'a {{ b }}',
    '.',
    '...',
    '-a',
    'a,b',
    'a]',
    '0',
    '0.10',
    '-0.0',
    'é😀',
  ],
)
const oddValues = fc.constantFrom(
  ...[
    '>-',
    '|+',
    '|2',
    '| # c',
    '[a, # c\n  b]',
    '[a\n  b]',
    '[\n  a,\n  b,\n]',
    'a: b',
    '{"a": 1}',
    '{a: 1}',
    '- x',
  ],
  ...[
    '"',
    '*a',
    '&a b',
    '!t x',
    '[a: 1]',
    '{ a }',
    '{ a: }',
    '[a,, b]',
    '"x"#c',
    '{{ a }}',
    '---',
    '-',
    '}',
    '%x',
    '@',
  ],
  ...[
    '`',
    '-0',
    '00',
    '0x1',
    '0o7',
    '1e3',
    '1_000',
    '1.',
    '.1',
    '+1',
    '.inf',
    '.NaN',
    '123456789012345678',
    "'",
  ],
)
const inlineValues = fc.oneof({ weight: 8, arbitrary: usualValues }, { weight: 1, arbitrary: oddValues })
const lines = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(indents, keys, inlineValues)
      .map(([indent, key, value]) => `${indent}${key}: ${value}`),
  },
  { weight: 2, arbitrary: fc.tuple(indents, inlineValues).map(([indent, value]) => `${indent}- ${value}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(indents, keys, inlineValues)
      .map(([indent, key, value]) => `${indent}- ${key}: ${value}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(indents, fc.constantFrom('text', '  deeper', 'end ', '# c', '# c'))
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '', '  ', '# agentspec: ignore AS4007', '\t', '---') },
)
const texts = fc
  .tuple(fc.array(lines, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '\n', '\n\n', '\n  '))
  .map(([all, end]) => all.join('\n') + end)

const files = ['specs/support.yaml', 'specs/quickstart.yaml', 'test/compiler/fixtures/other-forms.yaml']
const realTexts = [
  ...files.map((file) => readFileSync(join(root, file), 'utf8')),
  generateSpec(200)['spec.yaml'] ?? '',
]

/** A piece of a real spec, with a few characters put in or taken out. */
const mutants = fc
  .record({
    text: fc.constantFrom(...realTexts),
    from: fc.nat(),
    length: fc.nat({ max: 20 }),
    wounds: fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.oneof(inlineValues, fc.constantFrom('\n', ' ', '  ', ': ', '- ')),
      ),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ text, from, length, wounds }) => {
    const all = text.split('\n')
    const start = from % all.length
    let piece = all.slice(start, start + length + 1).join('\n')
    for (const [at, removed, added] of wounds) {
      const place = at % (piece.length + 1)
      piece = piece.slice(0, place) + added + piece.slice(place + removed)
    }
    return piece
  })

describe('YAML read without the library', () => {
  test.each([
    ['lines made up', texts],
    ['pieces of specs with mistakes', mutants],
  ])('has the values and the places that the library finds: %s', (_what, arbitrary) => {
    let plain = 0
    fc.assert(
      fc.property(arbitrary, (text) => {
        if (isPlainAndRight(text)) plain += 1
      }),
      { numRuns: 6000 },
    )
    expect(plain).toBeGreaterThan(100)
  })

  test.each([...files, 'bench'])('includes %s', (file) => {
    expect(
      isPlainAndRight(
        file === 'bench' ? (generateSpec(1000)['spec.yaml'] ?? '') : readFileSync(join(root, file), 'utf8'),
      ),
    ).toBe(true)
  })

  test.each([
    ['a comment behind the last value of a map', 'a:\n  b: 1 # c\n\nd: 2\n'],
    ['a block of text at the end', 'a: |\n  b\n   c\n\n  d'],
    ['a list that is not indented', 'a:\n- b: 1\n  c: 2\n- d\ne: f\n'],
    ['a list over several lines', 'a: [\n  b,\n  { c: 1 },\n  ]\n'],
  ])('includes %s', (_what, text) => {
    expect(isPlainAndRight(text)).toBe(true)
  })

  test.each([
    ['an anchor', 'a: &b 1\n'],
    ['a merge', '<<: 1\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a tab', 'a:\t1\n'],
    ['text over several lines', 'a: b\n  c\n'],
    ['a number in another form', 'a: 0x10\n'],
    ['a comment that could belong to two maps', 'a:\n  b: 1\n  # c\nd: 2\n'],
    ['a comment that silences a warning', 'a: 1 # agentspec: ignore AS4007\n'],
    ['text over several lines in a list', '- a: b\n    c\n'],
    ['a bracket that is not indented', 'a: [\n  b\n]\n'],
    ['a map that is indented less than its first key', 'a:\n    b: 1\n  c: 2\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['maps too deep', Array.from({ length: 70 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['nothing', ''],
  ])('leaves %s to the library', (_what, text) => {
    expect(readPlainYaml(sourceOf(text))).toBeUndefined()
  })
})
