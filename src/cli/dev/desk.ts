/** The state of a `dev` chat: the conversation, the version that the next turn uses, and what was run last. */
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import type { RunResult } from '../../runtime/run-result.ts'
import type { ModelChoice } from '../values.ts'
import type { Driver } from '../runs/driver.ts'
import type { LineReader } from '../line/line-reader.ts'

export interface Desk {
  readonly driver: Driver
  readonly reader: LineReader
  /** As on the command line. */
  readonly path: string
  /** The last version that can be run; `null`: there was none yet. */
  current: CompileSuccess | null
  /** The version that the turn before the next one used. */
  used: CompileSuccess | null
  session: string
  /** In place of the models of the spec. */
  models: ModelChoice
  /** The agent to start with, for the first turn alone. */
  agent: string | undefined
  last: RunResult | null
  /** Tokens of the runs of this chat. */
  tokens: number
}
