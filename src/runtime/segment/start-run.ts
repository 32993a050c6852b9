/** The beginning of a new run: everything that can be wrong is found before anything is journaled. */
import { markerOf } from '../../compiler/json-schema/sensitive.ts'
import { valueAt } from '../../spec/document.ts'
import { fromPointer } from '../../spec/path.ts'
import { UsageFailure } from '../failures.ts'
import { issueTexts } from '../redaction/issue-texts.ts'
import { checkNothingMissing, CONTEXT } from '../redaction/sensitive-context.ts'
import type { Clock } from '../ports.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { SegmentOptions, StartOptions } from '../runtime.ts'
import { startState } from '../state/apply.ts'
import type { EventOf, RunOptions } from '../state/events.ts'
import { withoutOrphans } from '../state/history.ts'
import { userMessage } from '../state/item.ts'
import type { Item } from '../state/item.ts'
import type { Lease } from '../store/run-store.ts'
import { openSession } from '../sessions/spec-sessions.ts'
import type { OpenedSession, SpecSessions } from '../sessions/spec-sessions.ts'
import { acceptedDrift, runLock } from '../lock/run-lock.ts'
import type { JsonObject } from '../../util/json.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import type { Segment } from './run-segment.ts'

/**
 * The context of a run as it is journaled: the spec's default under what the caller gives, without what is sensitive.
 *
 * @throws UsageFailure `invalid_context`, `sensitive_context_missing`.
 */
export async function contextFor(spec: LinkedSpec, given: JsonObject | undefined): Promise<JsonObject> {
  const context = { ...spec.program.context.default, ...given }
  await checkContext(spec, context)
  checkNothingMissing(spec, context, null)
  return spec.redactor.json(spec.hide(context))
}

/** Of a sensitive value that is not known here nothing can be said. @throws UsageFailure `invalid_context`. */
export async function checkContext(spec: LinkedSpec, context: JsonObject): Promise<void> {
  const { schema } = spec.program.context
  const found = schema === undefined ? [] : await spec.validate(schema, context)
  const issues = found.filter(
    ({ pointer }) => valueAt(context, fromPointer(pointer)) !== markerOf(CONTEXT, pointer),
  )
  if (schema === undefined || issues.length === 0) return
  const list = issueTexts(issues, { schema, value: context }, CONTEXT)
  throw new UsageFailure(
    'invalid_context',
    `The context does not fit the spec's context.schema: ${list}`,
    'Pass --context JSON or --context @FILE',
  )
}

/** @throws UsageFailure `unknown_agent`. */
export function checkAgent(spec: LinkedSpec, agent: string | undefined): void {
  if (agent === undefined || Object.hasOwn(spec.program.agents, agent)) return
  const known = Object.keys(spec.program.agents).join(', ')
  throw new UsageFailure(
    'unknown_agent',
    `Spec ${spec.program.name} has no agent ${agent}`,
    `Its agents: ${known}`,
  )
}

export interface NewRun {
  readonly spec: LinkedSpec
  readonly compiled: CompiledSpec
  readonly input: string | readonly Item[]
  readonly options: StartOptions
  readonly context: JsonObject
  readonly lease: Lease
  /** `null` for a run without a session. */
  readonly sessions: SpecSessions | null
  readonly clock: Clock
}

/** The segment of a new run; its `run.started` is the first event the store will get. */
export async function startRun(run: NewRun): Promise<Segment> {
  const { spec, options, lease } = run
  const opened = await openedSession(run)
  const started: EventOf<'run.started'> = {
    type: 'run.started',
    run_id: lease.run_id,
    seq: 1,
    at: run.clock.now().toISOString(),
    spec: spec.reference,
    session: opened === null ? null : opened.range,
    agent: startingAgent(spec, options.agent, opened),
    input: spec.redactor.json(inputItems(run.input)),
    context: run.context,
    options: recordedOptions(options),
    base_dir: options.baseDir ?? run.compiled.baseDir,
    ...specFile(run.compiled),
    ...(opened !== null && spec.program.session.input_callback !== undefined ? { merges_input: true } : {}),
    ...(run.compiled.lock ? { lock: runLock(run.compiled.lock) } : {}),
  }
  return {
    spec,
    lease,
    sessions: run.sessions,
    state: startState(started),
    fresh: [started],
    opening: acceptedDrift(options.acceptDrift),
    history: opened === null ? [] : withoutOrphans(opened.items),
    stream: options.stream ?? true,
    unattended: options.unattended ?? spec.program.approvals.unattended,
    acceptsDrift: options.acceptDrift === true,
  }
}

/** Where the spec was written, so that it can be compiled again; absent for one that came from no file. */
export function specFile({ sources }: CompiledSpec): { readonly spec_file?: string } {
  const [file] = Object.keys(sources)
  return file === undefined ? {} : { spec_file: file }
}

async function openedSession({ options, sessions, spec }: NewRun): Promise<OpenedSession | null> {
  if (options.session === undefined || sessions === null) return null
  const { limit } = spec.program.session
  return openSession(sessions, options.session, limit, (items) => wellFormedJson(spec.redactor.json(items)))
}

/** The agent that spoke last in the session, unless the spec or the caller says otherwise. */
function startingAgent(spec: LinkedSpec, agent: string | undefined, opened: OpenedSession | null): string {
  const { entry, session, agents } = spec.program
  if (agent !== undefined) return agent
  const last = opened?.last_agent ?? null
  return last !== null && session.resume_agent === 'last' && Object.hasOwn(agents, last) ? last : entry
}

export function inputItems(input: string | readonly Item[]): readonly Item[] {
  return typeof input === 'string' ? [userMessage(input)] : input
}

/** The flags a later resume needs, without those that were not given. */
export function recordedOptions(options: SegmentOptions): RunOptions {
  return {
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.agentModels === undefined ? {} : { agent_models: options.agentModels }),
    ...(options.maxTurns === undefined ? {} : { max_turns: options.maxTurns }),
    ...(options.stream === undefined ? {} : { stream: options.stream }),
  }
}
