/** The text of one file, and where in it an offset is. */
import type { Location, Position } from './diagnostic.ts'

export interface Source {
  /** The file as people know it: written as the user named it. */
  readonly file: string
  /** POSIX path relative to the root spec's folder. */
  readonly path: string
  /** Without a byte order mark; offsets count from its first character. */
  readonly text: string
  /** The position of an offset; offsets beyond the text are those of its end. */
  positionAt(offset: number): Position
  /** The stretch from `start` to `end` (exclusive). */
  locate(start: number, end: number): Location
}

/** Makes a source of the text of a file. LF and CRLF end a line; a byte order mark at the start is dropped. */
export function createSource(file: string, path: string, text: string): Source {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text
  let lineStarts: readonly number[] | undefined
  const positionAt = (offset: number): Position => {
    lineStarts ??= findLineStarts(content)
    const inside = Math.max(0, Math.min(offset, content.length))
    const line = lineContaining(lineStarts, inside)
    return { line: line + 1, column: inside - (lineStarts[line] ?? 0) + 1, offset: inside }
  }
  const locate = (start: number, end: number): Location => ({
    file,
    start: positionAt(start),
    end: positionAt(Math.max(start, end)),
  })
  return { file, path, text: content, positionAt, locate }
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    starts.push(index + 1)
  return starts
}

function lineContaining(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
