/** Starting and resuming: the lease around a segment, and the result after it. */
import { resultOf } from '../run-result.ts'
import type { RunResult } from '../run-result.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { ResumeOptions, RunStream, StartOptions } from '../runtime.ts'
import { checkModels } from '../segment/check-models.ts'
import { checkConversation, checkResponsesOnly, checkSession } from '../link/responses-only.ts'
import { openLease } from '../segment/open-lease.ts'
import { checkInputAllowed, checkResumable, hasNothingToDo, resumeRun } from '../segment/resume-run.ts'
import { runSegment } from '../segment/run-segment.ts'
import type { Segment, StopSignals } from '../segment/run-segment.ts'
import { createRunStream } from '../segment/run-stream.ts'
import { checkAgent, contextFor, recordedOptions, startRun } from '../segment/start-run.ts'
import type { Emission } from '../runner/run-context.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import type { RunState } from '../state/run-state.ts'
import type { Lease } from '../store/run-store.ts'
import { readState } from './read-run.ts'
import { watched } from '../tracing/watched.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** Milliseconds to wait for a busy session when the caller says nothing. */
const DEFAULT_WAIT = 60_000

export function startStream(
  ports: RuntimePorts,
  compiled: CompiledSpec,
  input: string | readonly Item[],
  options: StartOptions = {},
): RunStream {
  return createRunStream((stop) => start(ports, { compiled, input, options }, stop), options.signal)
}

interface StartOrder {
  readonly compiled: CompiledSpec
  readonly input: string | readonly Item[]
  readonly options: StartOptions
}

async function* start(
  ports: RuntimePorts,
  order: StartOrder,
  stop: StopSignals,
): AsyncGenerator<Emission, RunResult> {
  const { store, clock } = ports
  const { compiled, options } = order
  const spec = await ports.linker.link(compiled)
  checkAgent(spec, options.agent)
  checkSession(spec.program, options.session)
  checkResponsesOnly(spec.program, recordedOptions(options))
  checkConversation(spec.program, options.agent ?? spec.program.entry, recordedOptions(options))
  const context = await contextFor(spec, options.context)
  await checkModels(spec, [options.agent ?? spec.program.entry], recordedOptions(options))
  const archive = (): Promise<void> => ports.specs.keep(compiled)
  await archive()
  const target = {
    runId: ports.ids.runId(),
    sessionId: options.session ?? null,
    wait: options.wait,
    baseDir: options.baseDir,
  }
  return yield* withLease(ports, target, stop, async (lease) => {
    const segment = await startRun({ ...order, spec, context, lease, store, clock })
    // Once more when the run is there: a collection of unused specs may have come between.
    return { ...segment, onOpened: archive }
  })
}

export function resumeStream(ports: RuntimePorts, runId: string, options: ResumeOptions = {}): RunStream {
  return createRunStream((stop) => resume(ports, { runId, options }, stop), options.signal)
}

interface ResumeOrder {
  readonly runId: string
  readonly options: ResumeOptions
}

async function* resume(
  ports: RuntimePorts,
  { runId, options }: ResumeOrder,
  stop: StopSignals,
): AsyncGenerator<Emission, RunResult> {
  const before = await readState(ports, runId)
  checkResumable(before)
  const spec = await ports.linker.linkArchived(ports.store, before, options.baseDir)
  const target = {
    runId,
    sessionId: before.session?.id ?? null,
    wait: options.wait,
    baseDir: options.baseDir,
  }
  return yield* withLease(ports, target, stop, async (lease) => {
    const state = await readState(ports, runId)
    checkResumable(state)
    if (options.input !== undefined) checkInputAllowed(spec, state)
    if (hasNothingToDo(spec, state, options, ports.clock)) return state
    const chosen = { ...state.options, ...recordedOptions(options) }
    checkResponsesOnly(spec.program, chosen)
    checkConversation(spec.program, rootFrame(state).agent, chosen)
    await checkModels(spec, [rootFrame(state).agent], chosen)
    return resumeRun({ spec, state, options, lease, store: ports.store })
  })
}

interface LeaseTarget {
  readonly runId: string
  readonly sessionId: string | null
  /** Milliseconds to wait for a busy session. */
  readonly wait: number | undefined
  /** Where the spec's folder is now, when it has moved. */
  readonly baseDir: string | undefined
}

/** `open` gives the segment to run, or a state to leave as it is. */
async function* withLease(
  ports: RuntimePorts,
  target: LeaseTarget,
  stop: StopSignals,
  open: (lease: Lease) => Promise<Segment | RunState>,
): AsyncGenerator<Emission, RunResult> {
  const { runId, sessionId, wait = DEFAULT_WAIT, baseDir } = target
  const lease = await openLease({ ...ports, wait, signal: stop.signal }, runId, sessionId)
  const release = ports.heartbeat.hold()
  try {
    const segment = await open(lease)
    if (!('lease' in segment)) return resultOf(segment, false)
    const observer = await ports.tracing.observe(
      segment.spec,
      segment.state,
      baseDir ?? segment.state.base_dir,
    )
    let last = segment.state
    const events = runSegment(ports, { ...segment, observer }, stop, (state) => {
      last = state
    })
    yield* observer === null ? events : watched(events, observer, () => last)
    return resultOf(last, false)
  } finally {
    release()
    await ports.store.releaseLease(lease)
  }
}
