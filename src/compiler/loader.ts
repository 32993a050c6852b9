/** The compiler's only way to the outside: reading the files of a spec. */

/** Why a file could not be read. */
export type ReadProblem = 'not_found' | 'outside' | 'not_a_file' | 'too_large' | 'not_utf8' | 'unreadable'

export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: ReadProblem }

/**
 * Reads files of one folder. Paths are POSIX paths relative to that folder, normalised, without `..`.
 * An implementation never follows a link out of the folder, reads UTF-8 only, and nothing above 4 MiB. It never throws
 * for the state of the disk.
 */
export interface SpecLoader {
  readText(path: string): Promise<ReadResult>
  /** The names in a folder, to suggest one of them; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
}
