/** Reads columns of rows as the types the tables declare; what else is there somebody damaged. */
import { StoreFailure } from '../failures.ts'

/** A row as a database gives it. */
export type Row = Readonly<Record<string, unknown>>

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw damaged(column)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw damaged(column)
  return value
}

function damaged(column: string): StoreFailure {
  return new StoreFailure(`The store is damaged: a value of ${column} is of another type.`, {
    hint: 'Restore it from a backup.',
  })
}
