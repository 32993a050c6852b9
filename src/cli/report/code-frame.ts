/** The lines of a text around a place, with the place underlined. */
import type { Location } from '../../spec/diagnostic.ts'
import { printable } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { widthOf } from '../terminal/width.ts'

export interface FrameOptions {
  readonly theme: Theme
  /** How the place is coloured. */
  readonly mark: (text: string) => string
  /** Lines shown before and after. */
  readonly context: number
}

/** The widest line shown in full; of a longer one, the part around the place. */
const MOST_COLUMNS = 120

/** A frame without a line feed at its end. Columns are UTF-16 code units, as in a Location. */
export function codeFrame(text: string, place: Location, options: FrameOptions): string {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const { line, column } = place.start
  const first = Math.max(1, line - options.context)
  const last = Math.min(lines.length, line + options.context)
  const gutter = String(last).length
  const start = column - 1
  const content = lines[line - 1] ?? ''
  const end = place.end.line === line ? Math.max(place.end.column - 1, start + 1) : Math.max(content.length, start + 1)
  const window = windowAround(content, start)
  const framed: string[] = []
  for (let number = first; number <= last; number++) {
    const here = number === line
    const shown = visible((lines[number - 1] ?? '').slice(window.from, window.to))
    const label = `${here ? '>' : ' '} ${String(number).padStart(gutter)} |`
    framed.push(`${options.theme.dim(label)} ${shown}`.trimEnd())
    if (here) {
      const before = widthOf(visible(content.slice(window.from, start)))
      const marked = Math.max(1, widthOf(visible(content.slice(start, Math.min(end, window.to)))))
      const empty = `  ${' '.repeat(gutter)} |`
      framed.push(`${options.theme.dim(empty)} ${' '.repeat(before)}${options.mark('^'.repeat(marked))}`)
    }
  }
  return framed.join('\n')
}

function windowAround(line: string, start: number): { readonly from: number; readonly to: number } {
  if (line.length <= MOST_COLUMNS) return { from: 0, to: MOST_COLUMNS }
  const from = Math.max(0, start - MOST_COLUMNS / 2)
  return { from, to: from + MOST_COLUMNS }
}

/** Tabs take two columns; what would move the cursor is written as an escape. */
function visible(text: string): string {
  return printable(text.replaceAll('\t', '  '))
}
