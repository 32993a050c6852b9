import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyDiff } from '../../../src/runtime/tools/apply-patch/apply-diff.ts'
import { parseNewFile } from '../../../src/runtime/tools/apply-patch/parse-diff.ts'

const FILE = `class A:
    def run(self):
        x = 1
        return x

class B:
    def run(self):
        x = 1
        return x
`

describe('a diff', () => {
  test('changes the lines it names, and nothing else', () => {
    expect(applyDiff('a\nb\nc\n', '@@\n a\n-b\n+B\n+BB\n c\n')).toBe('a\nB\nBB\nc\n')
  })

  test('needs no mark before its only section', () => {
    expect(applyDiff('a\nb\n', '-b\n+c')).toBe('a\nc\n')
  })

  test('finds its place below its anchors', () => {
    const patched = applyDiff(FILE, '@@ class B:\n@@     def run(self):\n-        x = 1\n+        x = 2\n')
    expect(patched).toBe(FILE.slice(0, 61) + FILE.slice(61).replace('x = 1', 'x = 2'))
    expect(patched.indexOf('x = 2')).toBeGreaterThan(patched.indexOf('class B'))
  })

  test('applies its sections one below the other', () => {
    expect(applyDiff('1\n2\n3\n4\n5\n', '@@\n 1\n-2\n@@\n-4\n+four\n 5\n')).toBe('1\n3\nfour\n5\n')
  })

  test('adds at the end of the file, or below its anchor', () => {
    expect(applyDiff('a\nb\n', '+c\n')).toBe('a\nb\nc\n')
    expect(applyDiff('a\nb', '+c\n')).toBe('a\nb\nc')
    expect(applyDiff('a\nb\n', '@@ a\n+c\n')).toBe('a\nc\nb\n')
    expect(applyDiff('', '+c\n')).toBe('c\n')
  })

  test('takes the last place when its section ends with the file', () => {
    expect(applyDiff('x\ny\nx\n', '@@\n-x\n+z\n*** End of File\n')).toBe('x\ny\nz\n')
  })

  test('keeps the line ends of the file', () => {
    expect(applyDiff('a\r\nb\r\n', ' a\n-b\n+c\n')).toBe('a\r\nc\r\n')
  })

  test('overlooks spaces that a model changed, and keeps those of the file', () => {
    expect(applyDiff('  a  \n\tb\n', ' a\n-b\n+c\n')).toBe('  a  \nc\n')
  })

  test.each([
    [
      'that does not say which of two places it means',
      'x\ny\nx\n',
      '-x\n+z\n',
      'more than once (lines 1 and 3)',
    ],
    ['for lines the file does not have', 'a\n', '-b\n+c\n', 'does not have the lines from "b" on'],
    ['that changes nothing', 'a\n', ' a\n', 'adds and removes nothing'],
    ['with a line of no kind', 'a\n', '-a\nb\n', 'line 2 of the diff begins with none of'],
  ])('%s is refused', (_, text, diff, problem) => {
    expect(() => applyDiff(text, diff)).toThrow(problem)
  })

  test('of many equal lines takes no longer than it is long', () => {
    const many = '\n'.repeat(200_000)
    expect(() => applyDiff(many, `${'\n'.repeat(100_000)}-x\n`)).toThrow('does not have the lines')
  })

  test('that replaces any line of a file of different lines gives exactly that file', () => {
    const line = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => text.trim() !== '')
    const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 20, selector: (text) => text.trim() })
    fc.assert(
      fc.property(lines, fc.nat(), line, (old, pick, fresh) => {
        const index = pick % old.length
        const diff = old.map((text, at) => (at === index ? `-${text}\n+${fresh}` : ` ${text}`)).join('\n')
        expect(applyDiff(`${old.join('\n')}\n`, diff)).toBe(`${old.with(index, fresh).join('\n')}\n`)
      }),
    )
  })
})

describe('the diff of a new file', () => {
  test('is its lines', () => {
    expect(parseNewFile('+a\n+\n+b\n+\n')).toBe('a\n\nb\n')
  })

  test('has no other lines', () => {
    expect(() => parseNewFile('+a\nb\n')).toThrow('line 2')
  })
})
