/** What a person sees on a terminal: carries out the control sequences that our output uses, and keeps what scrolls away. */
import { widthOf } from '../../src/cli/terminal/width.ts'

export interface Screen {
  /** Takes what a program writes. */
  readonly write: (data: string) => void
  readonly resize: (columns: number) => void
  /** Every line from the first, without blanks at the ends of lines and of the whole. */
  readonly text: () => string
}

/** A sequence, or a text without any; `CSI ? 25 h` is sequence with the parameters `?25` and the final `h`. */
const PIECES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  /\u001b\[([?>=]?[\d;]*)([@-~])|\u001b[()#].|\u001b[^[\]]|[\r\n\b\u0007]|[^\u001b\r\n\b\u0007]+/g

/** A cell holds one grapheme; the cell after a wide one holds nothing. */
export function createScreen(columns: number, rows: number): Screen {
  const lines: string[][] = [[]]
  let width = columns
  let at = { row: 0, column: 0 }
  let rest = ''
  const line = (row: number): string[] => {
    while (lines.length <= row) lines.push([])
    return lines[row] ?? []
  }
  const put = (grapheme: string): void => {
    const size = widthOf(grapheme)
    if (size === 0) return
    if (at.column + size > width) at = { row: at.row + 1, column: 0 }
    const cells = line(at.row)
    while (cells.length < at.column) cells.push(' ')
    cells.splice(at.column, size, grapheme, ...Array.from({ length: size - 1 }, () => ''))
    at = { row: at.row, column: at.column + size }
  }
  const top = (): number => Math.max(0, lines.length - rows)
  const erase = (final: string, mode: number): void => {
    if (final === 'K') {
      const cells = line(at.row)
      if (mode === 0) cells.splice(at.column)
      else cells.fill(' ', 0, mode === 2 ? cells.length : at.column + 1)
    } else if (mode === 0) {
      line(at.row).splice(at.column)
      lines.splice(at.row + 1)
    } else {
      lines.splice(mode === 3 ? 0 : top())
      line(0)
      at = { row: Math.min(at.row, lines.length - 1), column: at.column }
    }
  }
  const control = (parameters: string, final: string): void => {
    const [first = 0, second = 0] = parameters.split(';').map(Number)
    const by = Math.max(1, first)
    const moves: Readonly<Record<string, () => void>> = {
      A: () => (at = { ...at, row: Math.max(top(), at.row - by) }),
      B: () => (at = { ...at, row: at.row + by }),
      C: () => (at = { ...at, column: Math.min(width - 1, at.column + by) }),
      D: () => (at = { ...at, column: Math.max(0, at.column - by) }),
      G: () => (at = { ...at, column: by - 1 }),
      H: () => (at = { row: top() + by - 1, column: Math.max(1, second) - 1 }),
      J: () => erase('J', first),
      K: () => erase('K', first),
    }
    moves[final]?.()
    line(at.row)
  }
  const take = (piece: RegExpExecArray): void => {
    const [text, parameters, final] = piece
    if (final !== undefined) control(parameters ?? '', final)
    else if (text === '\r') at = { ...at, column: 0 }
    else if (text === '\n') line((at = { ...at, row: at.row + 1 }).row)
    else if (text === '\b') at = { ...at, column: Math.max(0, at.column - 1) }
    else if (!text.startsWith('\u001b') && text !== '\u0007')
      for (const { segment } of new Intl.Segmenter().segment(text)) put(segment)
  }
  return {
    write(data) {
      const whole = rest + data
      // A sequence that is not complete yet.
      // oxlint-disable-next-line no-control-regex -- as above
      const end = /\u001b(?:\[[?>=]?[\d;]*)?$/.exec(whole)?.index ?? whole.length
      rest = whole.slice(end)
      for (const piece of whole.slice(0, end).matchAll(PIECES)) take(piece)
    },
    resize: (now) => void (width = now),
    text: () =>
      lines
        .map((cells) => cells.join('').trimEnd())
        .join('\n')
        .trimEnd(),
  }
}
