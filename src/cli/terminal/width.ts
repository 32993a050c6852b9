/** How many columns of a terminal a text takes. */
import { stripVTControlCharacters } from 'node:util'

/** Counts graphemes; East Asian wide characters and emoji take two columns, combining marks none. Styles are ignored. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text)
  // The fast path: plain ASCII.
  if (/^[\u0020-\u007e]*$/.test(plain)) return plain.length
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(plain)) width += graphemeWidth(segment)
  return width
}

/** Pads a text with spaces on the right. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mark}\p{Control}\p{Format}]+$/u.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6])/u
