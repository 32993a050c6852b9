/** Breaks lines between words, as a terminal does not. */
import { widthOf } from './width.ts'

/** Lines of at most that many columns, but for words that are longer. Styles may go on over a break. */
export function wrapped(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrappedLine(line, columns))
}

function wrappedLine(line: string, columns: number): readonly string[] {
  if (widthOf(line) <= columns) return [line]
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (current.trim() !== '' && widthOf(longer) > columns) {
      lines.push(current.trimEnd())
      current = word
    } else current = longer
  }
  return [...lines, current]
}
