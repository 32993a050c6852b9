/** Going on with a run that rests: on the spec it is pinned to, or on another one that the difference allows. */
import { checkCompaction, checkConversation, checkResponsesOnly } from '../link/responses-only.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { readProgram } from '../link/link-spec.ts'
import type { RunResult } from '../run-result.ts'
import type { ResumeOptions } from '../runtime.ts'
import { planSpecChange } from '../drift/plan-spec-change.ts'
import { givenLock } from '../lock/run-lock.ts'
import { checkModels } from '../segment/check-models.ts'
import {
  checkInputAllowed,
  checkResumable,
  hasNothingToDo,
  isOver,
  resumeRun,
} from '../segment/resume-run.ts'
import type { NewSpec } from '../segment/resume-run.ts'
import type { Segment, StopSignals } from '../segment/run-segment.ts'
import { recordedOptions, specFile } from '../segment/start-run.ts'
import { mutable } from '../state/mutable-state.ts'
import { changeSpec } from '../state/apply-spec-change.ts'
import type { Emission } from '../runner/run-context.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease } from '../store/run-store.ts'
import { settleSession } from './deliver-session.ts'
import { readState } from './read-run.ts'
import type { RuntimePorts } from './runtime-ports.ts'
import { withLease } from './with-lease.ts'

export interface ResumeOrder {
  readonly runId: string
  readonly options: ResumeOptions
}

/** Drives a run from where it rests to its next rest. */
export async function* resume(
  ports: RuntimePorts,
  order: ResumeOrder,
  stop: StopSignals,
): AsyncGenerator<Emission, RunResult> {
  const { runId, options } = order
  const before = await readState(ports, runId)
  if (!owesOnlyItsSession(before)) checkResumable(before)
  const { spec: given } = options
  // What is wrong with a spec is found before anybody has to wait for this run.
  if (given === undefined) await ports.linker.linkArchived(ports.store, before, options.baseDir)
  else await linkGiven(ports, given, options)
  const target = {
    runId,
    sessionId: before.session?.id ?? null,
    wait: options.wait,
    baseDir: options.baseDir,
  }
  return yield* withLease(ports, target, stop, (lease) => open(ports, order, lease))
}

async function open(
  ports: RuntimePorts,
  { runId, options }: ResumeOrder,
  lease: Lease,
): Promise<Segment | RunState> {
  const { store } = ports
  const found = await readState(ports, runId)
  const state = await settleSession(ports, found, options.baseDir)
  if (owesOnlyItsSession(found) && options.input === undefined) return state
  checkResumable(state)
  const { spec: given } = options
  const changes = given !== undefined && given.hash !== state.spec.hash
  const linked = changes
    ? await linkGiven(ports, given, options)
    : await ports.linker.linkArchived(store, state, options.baseDir)
  const spec = ports.sensitive.specOf(linked, runId)
  const newSpec = changes ? await specChange(ports, { given, spec, options }, state) : null
  const then = newSpec === null ? state : await asChanged(ports, runId, newSpec)
  if (options.input !== undefined) checkInputAllowed(spec, then)
  if (newSpec === null && hasNothingToDo(spec, state, options, ports.clock)) return state
  const chosen = { ...then.options, ...recordedOptions(options) }
  checkResponsesOnly(spec.program, chosen)
  checkConversation(spec.program, rootFrame(then).agent, chosen)
  await checkModels(spec, [rootFrame(then).agent], chosen)
  const sessions = state.session === null ? null : await ports.sessionPlaces.of(spec)
  checkCompaction(spec.program, rootFrame(then).agent, chosen, sessions)
  const segment = await resumeRun({ spec, state, options, lease, store, sessions, newSpec })
  if (!changes) return segment
  const archive = (): Promise<void> => ports.specs.keep(given)
  await archive()
  // Once more when the run names it: a collection of unused specs may have come between.
  return { ...segment, onOpened: archive }
}

/** The run has ended for good, but its session has not got all that was said. */
function owesOnlyItsSession(state: RunState): boolean {
  return state.undelivered.length > 0 && isOver(state)
}

function linkGiven(
  ports: RuntimePorts,
  given: CompiledSpec,
  { baseDir }: ResumeOptions,
): Promise<LinkedSpec> {
  return ports.linker.link({ ...given, baseDir: baseDir ?? given.baseDir })
}

interface GivenSpec {
  readonly given: CompiledSpec
  readonly spec: LinkedSpec
  readonly options: Pick<ResumeOptions, 'baseDir' | 'context'>
}

/** What is journaled when a run goes on with another spec. @throws those of `planSpecChange`. */
export async function specChange(
  { store }: Pick<RuntimePorts, 'store'>,
  { given, spec, options }: GivenSpec,
  state: RunState,
): Promise<NewSpec> {
  const older = await readProgram(store, state.spec.hash)
  const { context } = options
  const change = await planSpecChange({ older, newer: given.program, linked: spec, context }, state)
  return {
    spec: spec.reference,
    change,
    base_dir: options.baseDir ?? given.baseDir,
    ...specFile(given),
    ...givenLock(given),
  }
}

/** The state as it will be, to look at. */
async function asChanged(ports: RuntimePorts, runId: string, newSpec: NewSpec): Promise<RunState> {
  const state = await readState(ports, runId)
  changeSpec(mutable(state), newSpec)
  return state
}
