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

/** The longest line shown in full, in UTF-16 code units; of a longer one, the part around the place. */
const MOST_UNITS = 120

/** Columns of a line besides its number: the mark, blanks, the bar, ellipses, and an indent. */
const BESIDES = 9

const LEAST_UNITS = 20

/** A frame without a line feed at its end. A place over several lines is underlined to the end of its first. */
export function codeFrame(text: string, place: Location, options: FrameOptions): string {
  const lines = linesOf(text)
  const { line } = place.start
  const first = Math.max(1, line - options.context)
  const last = Math.max(line, Math.min(lines.length, line + options.context))
  const gutter = String(last).length
  const most = Math.max(LEAST_UNITS, Math.min(MOST_UNITS, options.theme.columns - gutter - BESIDES))
  const framed: string[] = []
  for (let number = first; number <= last; number++) {
    const content = lines[number - 1] ?? ''
    const label = (name: string, mark: string): string =>
      options.theme.dim(`${mark} ${name.padStart(gutter)} |`)
    if (number !== line) {
      framed.push(`${label(String(number), ' ')} ${crop(content, 0, most).shown}`.trimEnd())
      continue
    }
    const { shown, before, marked } = underline(content, place, most)
    framed.push(`${label(String(number), '>')} ${shown}`.trimEnd())
    framed.push(`${label('', ' ')} ${' '.repeat(before)}${options.mark('^'.repeat(marked))}`)
  }
  return framed.join('\n')
}

/** The line feed at the end of a text does not begin another line. */
function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** The line as shown, and the columns before and under the place. */
function underline(
  content: string,
  place: Location,
  most: number,
): { readonly shown: string; readonly before: number; readonly marked: number } {
  const start = Math.min(place.start.column - 1, content.length)
  const end = place.end.line === place.start.line ? place.end.column - 1 : content.length
  const { shown, from, to, offset } = crop(content, start, most)
  const before = offset + widthOf(visible(content.slice(from, start)))
  const marked = widthOf(visible(content.slice(start, Math.min(end, to))))
  return { shown, before, marked: Math.max(1, marked) }
}

/** The part of a line around an index, with ellipses where something is left out. `offset`: columns of the first one. */
function crop(
  content: string,
  around: number,
  most: number,
): { readonly shown: string; readonly from: number; readonly to: number; readonly offset: number } {
  const from = content.length <= most ? 0 : Math.max(0, around - Math.floor(most / 2))
  const to = from + most
  const [left, right] = [from > 0 ? '…' : '', to < content.length ? '…' : '']
  return { shown: left + visible(content.slice(from, to)) + right, from, to, offset: left.length }
}

/** Tabs take two columns; what would move the cursor is written as an escape. */
function visible(text: string): string {
  return printable(text.replaceAll('\t', '  '))
}
