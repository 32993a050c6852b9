/** One finding in a spec: data with a place. The shapes of `check --format json` (docs: CONTRACT, Diagnostics). */

export type Severity = 'error' | 'warning' | 'info'

/** A position in a text: lines and columns count from 1, columns and offsets in UTF-16 code units. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** A stretch of one file, `end` exclusive. `file` is written as the user named it. */
export interface Location {
  readonly file: string
  readonly start: Position
  readonly end: Position
}

export interface RelatedPlace extends Location {
  readonly message: string
}

/** Replaces the text between two offsets. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Fix {
  readonly description: string
  readonly edits: readonly TextEdit[]
}

export interface Diagnostic extends Location {
  /** Permanent: `AS1xxx` YAML, `AS2xxx` schema, `AS3xxx` references, `AS4xxx` meaning, `AS5xxx` format upgrade. */
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  /** JSON pointer into the spec; empty for the document as a whole. */
  readonly pointer: string
  readonly fix?: Fix
  readonly related?: readonly RelatedPlace[]
}
