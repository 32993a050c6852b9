/** How a run that rests goes on: what is allowed, what is journaled first, and what it starts from. */
import { ConflictFailure } from '../failures.ts'
import { checkNothingMissing } from '../redaction/sensitive-context.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Clock } from '../ports.ts'
import type { EventDraft } from '../state/event-draft.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { next } from '../runner/next.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { ResumeOptions } from '../runtime.ts'
import { plainRunSessions } from '../sessions/encrypted-sessions.ts'
import { historyOf } from '../sessions/spec-sessions.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import { withoutOrphans } from '../state/history.ts'
import type { EventPayloads } from '../state/events.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease, RunStore } from '../store/run-store.ts'
import type { Segment } from './run-segment.ts'
import { acceptedDrift, givenLock } from '../lock/run-lock.ts'
import { checkContext, inputItems, recordedOptions } from './start-run.ts'

/** Failures that trying again cannot mend. */
const FINAL_FAILURES: ReadonlySet<string> = new Set([
  'guardrail_tripped',
  'approval_denied_unattended',
  'tool_outcome_unknown',
])

/** True when a run has ended for good: completed, cancelled, or failed in a way that trying again cannot mend. */
export function isOver({ phase, error }: RunState): boolean {
  if (phase === 'completed' || phase === 'cancelled') return true
  return phase === 'failed' && error !== null && FINAL_FAILURES.has(error.code)
}

/** @throws ConflictFailure when a run has ended for good. */
export function checkResumable(state: RunState): void {
  if (!isOver(state)) return
  const { phase, run_id: id, error } = state
  const what = error === null ? `is ${phase}` : `failed for good (${error.code}): ${error.message}`
  throw new ConflictFailure('run_ended', `Run ${id} ${what}`, 'Start a new run')
}

/** @throws ConflictFailure when the result of a pending tool may end the run: then there is no next model call. */
export function checkInputAllowed(spec: LinkedSpec, state: RunState): void {
  const frame = rootFrame(state)
  const behavior = agentOf(spec.program, frame.agent).tool_use_behavior
  if (behavior === 'run_llm_again' || frame.handoff !== null || frame.calls.length === 0) return
  const mayEnd =
    behavior === 'stop_on_first_tool' ||
    'handler' in behavior ||
    frame.calls.some((call) => behavior.stop_at_tool_names.includes(call.name))
  if (!mayEnd) return
  throw new ConflictFailure(
    'input_not_allowed',
    `A tool result may end run ${state.run_id} (tool_use_behavior of ${frame.agent}), so there is no next model call for this input`,
    'Resume without --input',
  )
}

/** True when nothing would happen: every call that waits still waits. */
export function hasNothingToDo(
  spec: LinkedSpec,
  state: RunState,
  options: ResumeOptions,
  clock: Clock,
): boolean {
  if (state.phase !== 'paused' || state.cancel !== null) return false
  if (options.input !== undefined || options.context !== undefined) return false
  // Decisions are judged by the folder that the journal knows, so a new one is journaled before they are made.
  if (options.baseDir !== undefined && options.baseDir !== state.base_dir) return false
  return next(spec.program, state, clock.now().getTime()).type === 'pause'
}

export interface ResumedRun {
  readonly spec: LinkedSpec
  readonly state: RunState
  readonly options: ResumeOptions
  readonly lease: Lease
  readonly store: RunStore
  /** `null` for a run without a session. */
  readonly sessions: SpecSessions | null
  /** Set when the run goes on with another spec than it is pinned to. */
  readonly newSpec: NewSpec | null
}

/** What is journaled of another spec. */
export type NewSpec = EventPayloads['run.migrated']

export async function resumeRun(run: ResumedRun): Promise<Segment> {
  const { spec, state, options, lease, store } = run
  const context = await replacedContext(spec, state, options)
  const beside = run.sessions?.place === 'run_store' ? run.sessions.store : plainRunSessions(store.sessions)
  const history = await historyOf(beside, state.session)
  return {
    spec,
    lease,
    sessions: run.sessions,
    state,
    fresh: [],
    opening: openingOf(run, context),
    history: withoutOrphans(history),
    stream: options.stream ?? state.options.stream ?? true,
    unattended: options.unattended ?? spec.program.approvals.unattended,
    acceptsDrift: options.acceptDrift === true,
  }
}

/**
 * The context that takes the place of the run's own, as it is journaled; `undefined`: that one stays. A marker in it stands for
 * the value that is known here.
 *
 * @throws UsageFailure `invalid_context`, `sensitive_context_missing`.
 */
async function replacedContext(
  spec: LinkedSpec,
  state: RunState,
  { context: given }: ResumeOptions,
): Promise<JsonObject | undefined> {
  const context = await checkReplacedContext(spec, state, given)
  return context === undefined ? undefined : spec.redactor.json(spec.hide(context))
}

/**
 * The context with the values that its markers stand for; `undefined`: that of the run stays. Nothing is changed.
 *
 * @throws UsageFailure `invalid_context`, `sensitive_context_missing`.
 */
export async function checkReplacedContext(
  spec: LinkedSpec,
  state: RunState,
  given: JsonObject | undefined,
): Promise<JsonObject | undefined> {
  checkNothingMissing(spec, given ?? state.context, state.run_id)
  if (given === undefined) return undefined
  const context = spec.reveal(given)
  await checkContext(spec, context)
  return context
}

function openingOf(
  { spec, state, options, newSpec }: ResumedRun,
  context: JsonObject | undefined,
): readonly EventDraft[] {
  const resumed: EventDraft = {
    type: 'run.resumed',
    reason: state.phase === 'active' ? 'interrupted' : state.phase,
    options: recordedOptions(options),
    ...(context === undefined ? {} : { context }),
    ...(options.baseDir === undefined ? {} : { base_dir: options.baseDir }),
    ...newSpec,
    ...givenLock(options.spec),
  }
  const opening = [resumed, ...acceptedDrift(options.acceptDrift)]
  if (options.input === undefined) return opening
  const items: readonly Item[] = spec.redactor.json(inputItems(options.input))
  return [...opening, { type: 'input.added', items }]
}
