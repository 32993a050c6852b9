/** The answer of a nested run that nobody may see. */
import { RunFailure } from '../failures.ts'
import type { BodyOutcome } from '../runner/body-outcome.ts'

/** Ends a nested run before its answer is journaled: its call has come to `outcome` instead. */
export class AnswerWithheld extends RunFailure {
  override readonly name = 'AnswerWithheld'
  readonly outcome: BodyOutcome

  constructor(agent: string, outcome: BodyOutcome) {
    super({ code: 'guardrail_tripped', message: `The answer of ${agent} was withheld`, agent })
    this.outcome = outcome
  }
}
