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
import { withoutOrphans } from '../state/history.ts'
import type { EventPayloads } from '../state/events.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease, RunStore } from '../store/run-store.ts'
import type { Segment } from './run-segment.ts'
import { checkContext, inputItems, recordedOptions } from './start-run.ts'

/** Failures that trying again cannot mend. */
const FINAL_FAILURES: ReadonlySet<string> = new Set([
  'guardrail_tripped',
  'approval_denied_unattended',
  'tool_outcome_unknown',
])

/** @throws ConflictFailure when a run has ended for good. */
export function checkResumable(state: RunState): void {
  const { phase, run_id: id, error } = state
  if (phase === 'completed' || phase === 'cancelled') {
    throw new ConflictFailure('run_ended', `Run ${id} is ${phase}`, 'Start a new run')
  }
  if (phase === 'failed' && error !== null && FINAL_FAILURES.has(error.code)) {
    throw new ConflictFailure(
      'run_ended',
      `Run ${id} failed for good (${error.code}): ${error.message}`,
      'Start a new run',
    )
  }
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
  return next(spec.program, state, clock.now().getTime()).type === 'pause'
}

export interface ResumedRun {
  readonly spec: LinkedSpec
  readonly state: RunState
  readonly options: ResumeOptions
  readonly lease: Lease
  readonly store: RunStore
  /** Set when the run goes on with another spec than it is pinned to. */
  readonly newSpec: NewSpec | null
}

/** What is journaled of another spec. */
export type NewSpec = EventPayloads['run.migrated']

export async function resumeRun(run: ResumedRun): Promise<Segment> {
  const { spec, state, options, lease, store } = run
  const context = await replacedContext(spec, state, options)
  const { session } = state
  const history =
    session === null ? [] : await store.sessions.readRange(session.id, session.from, session.upto)
  return {
    spec,
    lease,
    state,
    fresh: [],
    opening: openingOf(run, context),
    history: withoutOrphans(history),
    stream: options.stream ?? state.options.stream ?? true,
    unattended: options.unattended ?? spec.program.approvals.unattended,
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
  }
  if (options.input === undefined) return [resumed]
  const items: readonly Item[] = spec.redactor.json(inputItems(options.input))
  return [resumed, { type: 'input.added', items }]
}
