/** What is journaled of a change of spec in the middle of a run. */
import type { ChangeClass } from '../../compiler/diff/change.ts'
import type { JsonObject } from '../../util/json.ts'

/** One call that a migration changed: what the model calls its tool, its arguments, or the answer it got instead of a decision. */
export interface MigratedCall {
  readonly path: readonly string[]
  readonly call_id: string
  readonly name?: string
  readonly arguments?: JsonObject
  /** What the model is told; the call is not carried out. */
  readonly dropped?: string
}

/** What the migrations of a newer spec did to a run. */
export interface AppliedMigration {
  /** Old names to new ones. */
  readonly agents: Readonly<Record<string, string>>
  /** Of tools and handoffs, as the model calls them: old names to new ones. */
  readonly tools: Readonly<Record<string, string>>
  readonly calls: readonly MigratedCall[]
  /** Keys that the context lacked. */
  readonly context?: JsonObject
}

/** What going on with another spec means for a run, as it was found out then. */
export interface SpecChange {
  readonly class: ChangeClass
  readonly reasons: readonly string[]
  /** Requests whose answers do not count any more: their calls are asked about anew. */
  readonly ask_again: readonly number[]
  /** The seqs of decisions for every later call that do not hold any more. */
  readonly withdrawn: readonly number[]
  readonly migration?: AppliedMigration
}
