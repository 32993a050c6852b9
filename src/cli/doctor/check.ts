/** One thing that `doctor` has looked at. */

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** What to do. */
  readonly hint?: string
}
