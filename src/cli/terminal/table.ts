/** Columns of text, and what becomes of them where the terminal has no room. */
import { padTo, widthOf } from './width.ts'
import { wrapped } from './wrap.ts'

const GAP = 2

/** The last column is broken into lines rather than narrower than this. */
const LEAST = 24

/**
 * Lines with the cells of each row in columns as wide as their widest cell; the last column is not padded, and broken between
 * words where it does not fit. Where that is no help each cell has a line of its own, those after the first indented.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  columns: number = Infinity,
): readonly string[] {
  const widths = widthsOf(rows)
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP, 0)
  const last = widths.at(-1) ?? 0
  if (before + Math.min(last, LEAST) > columns) return rows.flatMap((row) => stacked(row, columns))
  return rows.flatMap((row) => {
    const [head, tail] = [row.slice(0, widths.length - 1), row[widths.length - 1] ?? '']
    const start = head.map((cell, index) => padTo(cell, widths[index] ?? 0) + ' '.repeat(GAP)).join('')
    const [first = '', ...others] = wrapped(tail, columns - before)
    return [`${start}${first}`.trimEnd(), ...others.map((line) => ' '.repeat(before) + line)]
  })
}

/** The same with a heading, which stands beside each cell where there is no room for columns. */
export function headedTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly string[] {
  const widths = widthsOf([heading, ...rows])
  const width = widths.reduce((sum, one) => sum + one + GAP, -GAP)
  if (width <= columns) return tableLines([heading, ...rows])
  return rows.flatMap(([first = '', ...others]) => [
    first,
    ...tableLines(
      others.map((cell, index) => [`  ${heading[index + 1] ?? ''}`, cell]),
      columns,
    ),
  ])
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))
  }
  return widths
}

function stacked([first = '', ...others]: readonly string[], columns: number): readonly string[] {
  const indent = ' '.repeat((/^ */.exec(first)?.[0].length ?? 0) + GAP)
  const below = others.filter((cell) => cell !== '').flatMap((cell) => wrapped(cell, columns - indent.length))
  return [...wrapped(first, columns), ...below.map((line) => indent + line)]
}
