/** What a stream shows: colours and other styles of text, or none, and how many columns. */
import { styleText } from 'node:util'
import type { Environment } from '../context.ts'

type Style = (text: string) => string

export interface Theme {
  readonly bold: Style
  readonly dim: Style
  readonly red: Style
  readonly green: Style
  readonly yellow: Style
  readonly blue: Style
  readonly cyan: Style
  /** Of the terminal; `Infinity` for what is none, and for one that does not know. */
  readonly columns: number
}

/** Styles that do nothing unless `coloured`. */
export function createTheme(coloured: boolean, columns: number = Infinity): Theme {
  const style = (name: Exclude<keyof Theme, 'columns'>): Style =>
    coloured ? (text) => styleText(name, text, { validateStream: false }) : (text) => text
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    blue: style('blue'),
    cyan: style('cyan'),
    columns,
  }
}

/** `--no-color` and NO_COLOR win, then FORCE_COLOR, then whether the stream is a terminal that knows colours. */
export function wantsColors(
  stream: { readonly isTerminal: boolean },
  env: Environment,
  noColor: boolean,
): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTerminal && env['TERM'] !== 'dumb'
}

/** How many columns a stream has: `Infinity` where it is no terminal, or one that does not know (as some pseudo-terminals). */
export function columnsOf(stream: object, isTerminal: boolean): number {
  if (!isTerminal || !('columns' in stream) || typeof stream.columns !== 'number') return Infinity
  return stream.columns > 0 ? stream.columns : Infinity
}
