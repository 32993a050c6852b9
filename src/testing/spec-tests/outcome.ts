/** What tests give: passed or failed, and what is wrong at which place of the test file. */
import type { Location } from '../../spec/diagnostic.ts'
import type { Json } from '../../util/json.ts'

export interface TestFailure extends Location {
  readonly message: string
  /** JSON pointer into the test file. */
  readonly pointer: string
  /** A request is not what was recorded. */
  readonly diverges?: true
  /** What the test file says, and what was there; absent where nothing was compared. */
  readonly expected?: Json
  readonly actual?: Json
}

export interface TestOutcome {
  /** As the user named it. */
  readonly file: string
  readonly name: string
  readonly kind: 'test' | 'policy' | 'diagnostics'
  readonly passed: boolean
  readonly duration_ms: number
  readonly failures: readonly TestFailure[]
}
