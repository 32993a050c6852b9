import { describe, expect, test } from 'vitest'
import { ageOf, shortDuration, tookTime } from '../../src/cli/terminal/age.ts'
import { printable, printableLine, shorten } from '../../src/cli/terminal/printable.ts'
import { tableLines } from '../../src/cli/terminal/table.ts'
import { createTheme, wantsColors } from '../../src/cli/terminal/theme.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { callText, outputText } from '../../src/cli/render/call-text.ts'

describe('text for a terminal', () => {
  test('shows what would move the cursor, clear the screen or reorder text instead of doing it', () => {
    expect(printable('a\u001b[2Jb\u0007\u009bc\rd')).toBe('a\\x1b[2Jb\\x07\\x9bc\\x0dd')
    expect(printable('pay \u202e001\u202c to \u2066x\u2069')).toBe('pay \\u202e001\\u202c to \\u2066x\\u2069')
    expect(printable('zero\u200bwidth\ufeff')).toBe('zero\\u200bwidth\\ufeff')
  })

  test('keeps lines, tabs and every letter', () => {
    expect(printable('a\n\tb\r\n日本 👩‍👩‍👧 é')).toBe('a\n\tb\n日本 👩‍👩‍👧 é')
    expect(printableLine('a\n\tb')).toBe('a\\n\\tb')
  })

  test('is shortened without breaking a character', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef')
    expect(shorten('abcdefg', 6)).toBe('abcde…')
    expect(shorten('ab👍cd', 4)).toBe('ab…')
  })
})

describe('a call', () => {
  test('is written as a function with its arguments', () => {
    expect(callText('cancel', { order_id: 7, note: 'a\nb', deep: { x: [1] } })).toBe(
      'cancel(order_id: 7, note: "a\\nb", deep: {"x":[1]})',
    )
    expect(callText('cancel', {})).toBe('cancel()')
    expect(callText('cancel', '{"broken')).toBe('cancel({"broken)')
    expect(callText('cancel', { text: 'x'.repeat(50) }, 20)).toBe('cancel(text: "xxxxxxxxxxxx…)')
  })

  test('gives its output back on one line', () => {
    expect(outputText('a\nb')).toBe('a\\nb')
    expect(outputText([{ type: 'input_text', text: 'hello' }, { type: 'input_image' }])).toBe(
      'hello [input_image]',
    )
  })
})

describe('a table', () => {
  test('is as wide as its widest cells, styles and wide characters counted as they are shown', () => {
    const { bold } = createTheme(true)
    expect(
      tableLines([
        ['ID', 'NAME', 'X'],
        [bold('7'), '日本', 'y'],
        ['123', 'a', ''],
      ]),
    ).toEqual(['ID   NAME  X', `${bold('7')}    日本  y`, '123  a'])
  })

  test('has its last column broken between words where there is no room, and none at all where that is no help', () => {
    const rows = [
      ['a', 'one two three four five six seven eight'],
      ['bb', ''],
    ]
    expect(tableLines(rows, 30)).toEqual(['a   one two three four five', '    six seven eight', 'bb'])
    expect(tableLines(rows, 20)).toEqual(['a', '  one two three four', '  five six seven', '  eight', 'bb'])
    expect(tableLines([['  x', 'y'.repeat(30)]], 20)).toEqual(['  x', `    ${'y'.repeat(30)}`])
  })

  test('has columns that are counted right', () => {
    expect([
      widthOf(''),
      widthOf('abc'),
      widthOf('日本'),
      widthOf('e\u0301'),
      widthOf('👍'),
      widthOf('한글'),
    ]).toEqual([0, 3, 4, 1, 2, 4])
  })
})

describe('time', () => {
  test('is told in the largest whole unit', () => {
    const second = 1000
    const times = [0, 59, 60, 3599, 3600, 86_399, 86_400, 3 * 86_400].map((time) =>
      shortDuration(time * second),
    )
    expect(times).toEqual(['0s', '59s', '1m', '59m', '1h', '23h', '1d', '3d'])
    expect(ageOf('2026-01-01T00:00:00.000Z', new Date('2026-01-01T02:30:00.000Z'))).toBe('2h')
    expect(ageOf('2026-01-01T00:00:00.000Z', new Date('2025-12-31T23:59:59.000Z'))).toBe('0s')
    expect([tookTime(12.4), tookTime(1234), tookTime(125_000)]).toEqual(['12ms', '1.2s', '2m'])
  })
})

describe('colours', () => {
  const on = { isTerminal: true }
  const off = { isTerminal: false }

  test('are for terminals, and follow NO_COLOR, FORCE_COLOR and --no-color', () => {
    expect(wantsColors(on, {}, false)).toBe(true)
    expect(wantsColors(off, {}, false)).toBe(false)
    expect(wantsColors(on, { NO_COLOR: '1' }, false)).toBe(false)
    expect(wantsColors(on, { NO_COLOR: '' }, false)).toBe(true)
    expect(wantsColors(off, { FORCE_COLOR: '1' }, false)).toBe(true)
    expect(wantsColors(on, { FORCE_COLOR: '0' }, false)).toBe(false)
    expect(wantsColors(on, { NO_COLOR: '1', FORCE_COLOR: '1' }, false)).toBe(false)
    expect(wantsColors(on, { TERM: 'dumb' }, false)).toBe(false)
    expect(wantsColors(on, { FORCE_COLOR: '1' }, true)).toBe(false)
  })
})
