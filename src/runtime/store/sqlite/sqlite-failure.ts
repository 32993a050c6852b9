/** What SQLite's errors mean for the person who runs a command. */
import { StoreFailure } from '../../failures.ts'

interface SqliteError extends Error {
  /** SQLite's extended result code; the low byte is the primary one. */
  readonly errcode: number
  readonly errstr: string
}

/**
 * The failure to report for an error of an operation on `file`: a `StoreFailure` for SQLite's own errors, any other
 * error as it is.
 */
export function storeFailure(error: unknown, file: string): unknown {
  if (!isSqliteError(error)) return error
  const meaning = MEANINGS.get(error.errcode & 0xff)
  if (meaning === undefined) {
    return new StoreFailure(`${file}: SQLite reports "${error.message}".`, { cause: error })
  }
  return new StoreFailure(`${file} ${meaning.what}.`, { cause: error, hint: meaning.next })
}

/** True when another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === 5
}

const LOCKED = {
  what: 'is locked by another process',
  next: 'Close the program that holds it (a database browser, a backup) and try again.',
}

/** By primary result code (https://sqlite.org/rescode.html). */
const MEANINGS: ReadonlyMap<number, { readonly what: string; readonly next: string }> = new Map([
  [5, LOCKED],
  [6, LOCKED],
  [
    8,
    {
      what: 'is read-only',
      next: 'Make the file and its folder writable for you, or name another store with --store.',
    },
  ],
  [
    10,
    {
      what: 'cannot be read or written: the disk reports an error',
      next: 'Check the disk; what was acknowledged before is kept.',
    },
  ],
  [
    11,
    {
      what: 'is damaged',
      next: 'Restore it from a backup, or save what is left with `sqlite3 FILE .recover`. Move it away to start with an empty store.',
    },
  ],
  [
    13,
    {
      what: 'cannot grow: the disk is full',
      next: 'Free some space and try again; what was acknowledged before is kept.',
    },
  ],
  [
    14,
    {
      what: 'cannot be opened',
      next: 'Check that the path is a file in a folder that you may write to.',
    },
  ],
  [
    26,
    {
      what: 'is not a SQLite database',
      next: 'Check the path given with --store; the file was left as it is.',
    },
  ],
])

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}
