/** Colours and other styles of text, or none. */
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
}

/** Styles that do nothing unless `coloured`. */
export function createTheme(coloured: boolean): Theme {
  const style = (name: keyof Theme): Style =>
    coloured ? (text) => styleText(name, text, { validateStream: false }) : (text) => text
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    blue: style('blue'),
    cyan: style('cyan'),
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
