import { describe, expect, test } from 'vitest'
import { codeFrame } from '../../src/cli/report/code-frame.ts'
import { createTheme } from '../../src/cli/terminal/theme.ts'
import { createSource } from '../../src/spec/source.ts'

/** Frames the first occurrence of `part`. */
function frame(text: string, part: string, context = 1): string {
  const source = createSource('x.yaml', 'x.yaml', text)
  const start = source.text.indexOf(part)
  const place = source.locate(start, start + part.length)
  return codeFrame(source.text, place, { theme: createTheme(false), mark: (mark) => mark, context })
}

describe('a code frame', () => {
  test('underlines the place between its neighbours', () => {
    expect(frame('one: 1\ntwo: bad\nthree: 3\nfour: 4\n', 'bad')).toBe(
      ['  1 | one: 1', '> 2 | two: bad', '    |      ^^^', '  3 | three: 3'].join('\n'),
    )
  })

  test('aligns line numbers of different lengths', () => {
    const text = Array.from({ length: 10 }, (_, index) => `k${index + 1}: v`).join('\n')
    expect(frame(text, 'k9')).toBe(['   8 | k8: v', '>  9 | k9: v', '     | ^^', '  10 | k10: v'].join('\n'))
  })

  test('shows nothing after the last line, and nothing before the first', () => {
    expect(frame('only: bad\n', 'bad')).toBe(['> 1 | only: bad', '    |       ^^^'].join('\n'))
    expect(frame('only: bad', 'bad', 0)).toBe(['> 1 | only: bad', '    |       ^^^'].join('\n'))
  })

  test('counts columns as a terminal shows them: tabs, wide characters, emoji, combining marks', () => {
    expect(frame('a:\tbad', 'bad')).toBe(['> 1 | a:  bad', '    |     ^^^'].join('\n'))
    expect(frame('a: 日本 bad', 'bad')).toBe(['> 1 | a: 日本 bad', '    |         ^^^'].join('\n'))
    expect(frame('a: 👩‍👩‍👧 bad', 'bad')).toBe(['> 1 | a: 👩‍👩‍👧 bad', '    |       ^^^'].join('\n'))
    expect(frame('a: e\u0301 bad', 'bad')).toBe(['> 1 | a: e\u0301 bad', '    |      ^^^'].join('\n'))
    expect(frame('a: 日本', '日本')).toBe(['> 1 | a: 日本', '    |    ^^^^'].join('\n'))
  })

  test('takes CRLF for the end of a line', () => {
    expect(frame('one: 1\r\ntwo: bad\r\n', 'bad')).toBe(
      ['  1 | one: 1', '> 2 | two: bad', '    |      ^^^'].join('\n'),
    )
  })

  test('crops a line that is too long around the place', () => {
    const text = `${'a'.repeat(500)} bad ${'b'.repeat(500)}`
    const [line = '', under = ''] = frame(text, 'bad').split('\n')
    expect(line).toHaveLength('> 1 | '.length + 122)
    expect(line).toMatch(/^> 1 \| …a+ bad b+…$/)
    expect(under.indexOf('^')).toBe(line.indexOf('bad'))
    expect(under).toMatch(/^ {4}\| +\^{3}$/)
  })

  test('underlines a place of several lines to the end of its first', () => {
    expect(frame('a: [1,\n  2]\nb: 1', '[1,\n  2]')).toBe(
      ['> 1 | a: [1,', '    |    ^^^', '  2 |   2]'].join('\n'),
    )
  })

  test('marks one column for a place without any, also behind the end of the text', () => {
    const source = createSource('x.yaml', 'x.yaml', 'a: [\n')
    const end = source.locate(5, 5)
    expect(codeFrame(source.text, end, { theme: createTheme(false), mark: (mark) => mark, context: 1 })).toBe(
      ['  1 | a: [', '> 2 |', '    | ^'].join('\n'),
    )
  })

  test('never lets a control character of the file reach the terminal', () => {
    expect(frame('a: \u001b[2J bad', 'bad')).toBe(
      ['> 1 | a: \\x1b[2J bad', '    |            ^^^'].join('\n'),
    )
  })
})
