/**
 * Guardrails on what a call came to, before it is journaled: those of its tool, and, where its output is the answer of the
 * agent, those of the answer.
 */
import type { ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import type { BodyOutcome } from '../runner/body-outcome.ts'
import { answerText } from '../runner/final-call.ts'
import type { RunContext } from '../runner/run-context.ts'
import type { CallState } from '../state/run-state.ts'
import { guardContextOf } from './guard-context.ts'
import { guardsOutput, isFinalCall, judgeOutput } from './guard-output.ts'
import { sumUsage, usageKey } from './guard-usage.ts'
import { judgeAll } from './judge-all.ts'
import type { Trip } from './judge-all.ts'
import { resultSubject } from './subject.ts'
import { endsRun, tripDraft, tripFailure, WITHHELD } from './trip.ts'

/** A call whose body is done, or that a person answered. */
export interface DoneCall {
  readonly call: CallState
  readonly tool: ToolDefinition
  readonly arguments: JsonObject
}

/** Whether anything has to let the result of this call pass. */
export function guardsResult(run: RunContext, { call, tool }: DoneCall): boolean {
  return tool.output_guardrails.length > 0 || (guardsOutput(run) && isFinalCall(run, call))
}

/** The outcome as it may be seen. What fails the run anyway is not judged; what cannot be judged is withheld. */
export async function guardResult(
  run: RunContext,
  done: DoneCall,
  outcome: BodyOutcome,
): Promise<BodyOutcome> {
  if (outcome.failure !== null || !guardsResult(run, done)) return outcome
  try {
    const judged = await judgeResult(run, done, outcome)
    if (judged.failure !== null || !isFinalCall(run, done.call)) return judged
    return await judgeAnswer(run, judged)
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    return { ...withheld(outcome), failure: error }
  }
}

/** By the guardrails of the tool. */
async function judgeResult(run: RunContext, done: DoneCall, outcome: BodyOutcome): Promise<BodyOutcome> {
  const subject = resultSubject(done, done.arguments, outcome.output)
  const { trip, usage } = await judgeAll(guardContextOf(run), done.tool.output_guardrails, subject)
  const spent = { ...outcome, ...usageKey(usage) }
  if (trip === null) return spent
  const tripped = addTrip(run, spent, trip)
  return { ...tripped, output: tripped.failure === null ? (trip.message ?? WITHHELD) : WITHHELD }
}

/** By the guardrails of the answer: the agent's, the run's, and those of the call this run is nested in. */
async function judgeAnswer(run: RunContext, outcome: BodyOutcome): Promise<BodyOutcome> {
  const answer = answerText(outcome.output)
  const { trip, usage } = await judgeOutput(run, answer)
  const spent = { ...outcome, ...usageKey(sumUsage(outcome.guardrail_usage, usage)) }
  if (trip !== null) return addTrip(run, spent, trip)
  await run.outerGuard?.(answer)
  return spent
}

function addTrip(run: RunContext, outcome: BodyOutcome, trip: Trip): BodyOutcome {
  const draft = tripDraft(run.path, trip)
  const failure = endsRun(run.spec.program, draft) ? tripFailure(draft) : null
  return { ...withheld(outcome), tripped: [...(outcome.tripped ?? []), draft], failure }
}

function withheld(outcome: BodyOutcome): BodyOutcome {
  return { ...outcome, output: WITHHELD, is_error: true }
}
