/** One row of the table of diagnostic codes. */
import type { Severity } from '../diagnostic.ts'

/**
 * What a code means. Codes are permanent: a row may be reworded, never reused. `wrong` and `right` are examples: the
 * text of a spec, followed by other files, each after a line `=== path`.
 */
export interface CodeRow<Args> {
  readonly title: string
  readonly severity: Severity
  /** What is wrong, the value seen, the nearest right thing. */
  readonly message: (args: Args) => string
  /** What to do next. */
  readonly hint?: (args: Args) => string | undefined
  readonly wrong: string
  readonly right: string
}

/** For a message that is always the same. */
export type NoArgs = Record<never, never>
