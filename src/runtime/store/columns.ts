/** Reads columns of rows as the types the tables declare. */
import { invariant } from '../../util/invariant.ts'

/** A row as a database gives it. */
export type Row = Readonly<Record<string, unknown>>

export function text(row: Row, column: string): string {
  const value = row[column]
  invariant(typeof value === 'string', `column ${column} is not text`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  invariant(typeof value === 'number', `column ${column} is not an integer`)
  return value
}
