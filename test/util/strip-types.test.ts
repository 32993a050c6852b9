import { expect, test } from 'vitest'
import { stripTypes } from '../../src/util/strip-types.ts'

// First of all: Node gives its notice once, on the first use in a process.
test('erasing types prints no notice of Node, and hides none of anybody else', async () => {
  const warnings: string[] = []
  const listen = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', listen)
  stripTypes('const a: number = 1')
  process.emitWarning('of somebody else')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  expect(warnings).toEqual(['of somebody else'])
})

test('every other character keeps its offset', () => {
  const source = "const a: { 日本: '😀' } = b as any // ünïcode\nexport const c = a!"
  const result = stripTypes(source)
  expect(result.ok && result.code.length).toBe(source.length)
  expect(result.ok && result.code.indexOf('// ünïcode')).toBe(source.indexOf('// ünïcode'))
})

test.each([
  ['an enum', 'const a = 1\n  enum E { x }\nconst b = 2', true, { line: 2, start: 2, end: 14 }],
  ['a namespace', 'namespace N { export const a = 1 }', true, { line: 1, start: 0, end: 34 }],
  ['a mistake', 'const w = 1\nconst x: = 3', false, { line: 2, start: 9, end: 10 }],
  ['a mistake after tabs: the line', '\t\tconst x: = 3', false, { line: 1, start: 2, end: 14 }],
  [
    'a mistake after wide characters: the line',
    "const 日本 = '😀'; enum E {}",
    true,
    { line: 1, start: 0, end: 26 },
  ],
  [
    'a mistake over several lines: the first',
    'const a = 1\nenum E {\n  x\n}',
    true,
    { line: 2, start: 0, end: 8 },
  ],
  ['an end too early: the last line', 'const a = 1\nconst x = {\n', false, { line: 2, start: 0, end: 11 }],
])('the place of %s', (_what, source, unsupported, place) => {
  expect(stripTypes(source)).toMatchObject({ ok: false, unsupported, place })
})
