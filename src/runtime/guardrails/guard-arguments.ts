/** Guardrails on the arguments of a call, before its body may run, and where asked for also before a person is asked. */
import type { JsonObject } from '../../util/json.ts'
import type { CallView } from '../approvals/call-view.ts'
import { notRun } from '../runner/call-drafts.ts'
import type { CallStep } from '../runner/call-drafts.ts'
import type { RunContext } from '../runner/run-context.ts'
import { guardContextOf } from './guard-context.ts'
import type { GuardContext } from './guard-context.ts'
import { judgeAll } from './judge-all.ts'
import type { Judgement } from './judge-all.ts'
import { argumentsSubject } from './subject.ts'
import { endsRun, tripDraft, tripFailure } from './trip.ts'

/** @throws RunFailure `guardrail_failed` */
export function judgeArguments(guard: GuardContext, view: CallView, args: JsonObject): Promise<Judgement> {
  const isAsWritten = args === view.arguments && view.call.edited_arguments === null
  const text = isAsWritten ? view.call.arguments_text : JSON.stringify(args)
  return judgeAll(guard, view.tool.input_guardrails, argumentsSubject(view, args, text))
}

/**
 * What becomes of a call whose arguments do not pass; `step` is for those that do, with what judging cost.
 *
 * @throws RunFailure `guardrail_failed`
 */
export async function guardArguments(
  run: RunContext,
  view: CallView,
  { args, decision }: { readonly args: JsonObject; readonly decision: number | null },
  step: (usage: Judgement['usage']) => CallStep | Promise<CallStep>,
): Promise<CallStep> {
  const { trip, usage } = await judgeArguments(guardContextOf(run), view, args)
  if (trip === null) return step(usage)
  const draft = tripDraft(run.path, trip, usage)
  if (endsRun(run.spec.program, draft))
    return { type: 'failure', failure: tripFailure(draft), tripped: [draft] }
  return { ...notRun(view, 'guardrail', trip.message ?? REFUSED, decision), tripped: [draft] }
}

/** For a guardrail that says nothing itself. */
const REFUSED = 'Arguments rejected by an input guardrail.'
