/** Output guardrails: what is about to become a final output is judged before it is journaled or seen. */
import type { Json } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import type { ModelResponse } from '../models/model.ts'
import { finalCall } from '../runner/final-call.ts'
import { finalOutput } from '../runner/finish.ts'
import { outputText } from '../runner/output-text.ts'
import { restoredArguments } from '../runner/restored-arguments.ts'
import { pathOf } from '../runner/run-context.ts'
import type { RunContext } from '../runner/run-context.ts'
import { callIdOf } from '../state/call-item.ts'
import type { Item } from '../state/item.ts'
import { frameAt } from '../state/run-state.ts'
import type { CallState, FrameState } from '../state/run-state.ts'
import type { Usage } from '../state/usage.ts'
import { agentOf, resolveCall } from '../tools/resolve-call.ts'
import { guardContextOf } from './guard-context.ts'
import { sumUsage, usageKey } from './guard-usage.ts'
import type { InputGuard } from './guard-input.ts'
import { judgeAll } from './judge-all.ts'
import type { Judgement, Trip } from './judge-all.ts'
import { outputSubject } from './subject.ts'
import { tripDraft, tripFailure } from './trip.ts'

/** Whether anything has to let a final output of this frame pass: until then, nothing of it may be seen. */
export function guardsOutput(run: RunContext): boolean {
  return run.outerGuard !== null || outputGuardrails(run).length > 0
}

/** The agent's, then those of the run; an agent that guards has only its own. */
function outputGuardrails(run: RunContext): readonly string[] {
  const { program } = run.spec
  const own = agentOf(program, frameOf(run).agent).output_guardrails
  return [...new Set([...own, ...(run.guardDepth === 0 ? program.run.output_guardrails : [])])]
}

function frameOf(run: RunContext): FrameState {
  return frameAt(run.writer.state, run.path)
}

/** By the guardrails of this frame; what guards the call it is nested in is not asked. */
export function judgeOutput(run: RunContext, output: Json): Promise<Judgement> {
  return judgeAll(guardContextOf(run), outputGuardrails(run), outputSubject(frameOf(run).agent, output))
}

/**
 * Records the response of a model call once every guardrail has let it pass. False: one did not, and nothing of the
 * response may be seen; what it cost is recorded all the same.
 *
 * @throws RunFailure `guardrail_failed`; AnswerWithheld
 */
export async function recordJudged(
  run: RunContext,
  guard: InputGuard,
  { response, attempts }: { readonly response: ModelResponse; readonly attempts: number },
): Promise<boolean> {
  const { response_id, usage } = response
  const items = run.spec.redactor.json(response.items)
  const answered = { type: 'model.responded', ...pathOf(run), response_id, usage, attempts } as const
  const spent: Spent = { usage: undefined }
  const withhold = (): void =>
    run.writer.record({ ...answered, items: [], withheld: true, ...usageKey(spent.usage) })
  try {
    const trip = await tripOn(run, guard, items, spent)
    if (trip === null) {
      const judged = guard.judged === undefined ? {} : { judged_input: guard.judged }
      const restored = restoredArguments(run, frameOf(run), items)
      run.writer.record({ ...answered, items, ...restored, ...judged, ...usageKey(spent.usage) })
      return true
    }
    withhold()
    run.writer.record(tripDraft(run.path, trip))
    return false
  } catch (error) {
    if (error instanceof RunFailure) withhold()
    throw error
  }
}

/** What the agents of guardrails have cost so far. */
interface Spent {
  usage: Usage | undefined
}

async function tripOn(
  run: RunContext,
  guard: InputGuard,
  items: readonly Item[],
  spent: Spent,
): Promise<Trip | null> {
  const input = await guard.judgement()
  spent.usage = input.usage
  if (input.trip !== null || !guardsOutput(run)) return input.trip
  const answer = await answerIn(run, items)
  if (answer === undefined) return null
  const output = await judgeOutput(run, answer)
  spent.usage = sumUsage(spent.usage, output.usage)
  if (output.trip === null) await run.outerGuard?.(textOf(answer))
  return output.trip
}

/** The final output in a response; `undefined` for one that goes on, refuses, or fails for what it is. */
async function answerIn(run: RunContext, items: readonly Item[]): Promise<Json | undefined> {
  if (items.some((item) => callIdOf(item) !== null)) return undefined
  const { text, refusal } = outputText(items)
  const hasSchema = agentOf(run.spec.program, frameOf(run).agent).output !== undefined
  if (refusal !== null || (text === null && hasSchema)) return undefined
  try {
    return await finalOutput(run, text ?? '', 'model')
  } catch (error) {
    if (error instanceof RunFailure) return undefined
    throw error
  }
}

/**
 * Judges a final output that no step before has judged; what it cost is for the event that reports the output.
 *
 * @throws RunFailure `guardrail_tripped` (recorded), `guardrail_failed`; AnswerWithheld
 */
export async function judgeFinalOutput(run: RunContext, output: Json): Promise<Usage | undefined> {
  const { trip, usage } = await judgeOutput(run, output)
  if (trip !== null) {
    const draft = tripDraft(run.path, trip, usage)
    run.writer.record(draft)
    throw tripFailure(draft)
  }
  await run.outerGuard?.(textOf(output))
  return usage
}

/** At the finish: an answer of the model, and the result of a body, were judged before they were journaled. */
export async function guardFinish(
  run: RunContext,
  from: 'model' | 'tool',
  output: Json,
): Promise<Usage | undefined> {
  if (from === 'model') return undefined
  const { program } = run.spec
  const frame = frameOf(run)
  const ranBody = (finalCall(program, frame)?.reason ?? null) === null
  return ranBody && !frame.calls.some((call) => isHandoff(run, call))
    ? undefined
    : judgeFinalOutput(run, output)
}

/** Whether the output of this call is the answer of its frame, unless another agent takes over. */
export function isFinalCall(run: RunContext, call: CallState): boolean {
  const frame = frameOf(run)
  if (finalCall(run.spec.program, frame)?.call_id !== call.call_id) return false
  return !frame.calls.some((one) => one.status !== 'completed' && isHandoff(run, one))
}

function isHandoff(run: RunContext, call: CallState): boolean {
  return resolveCall(run.spec.program, call).kind === 'handoff'
}

function textOf(answer: Json): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer)
}
