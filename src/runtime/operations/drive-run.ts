/** Starting runs and going on with them, as streams. */
import type { RunResult } from '../run-result.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import type { ResumeOptions, RunStream, StartOptions } from '../runtime.ts'
import { checkModels } from '../segment/check-models.ts'
import {
  checkCompaction,
  checkConversation,
  checkResponsesOnly,
  checkSession,
} from '../link/responses-only.ts'
import type { StopSignals } from '../segment/run-segment.ts'
import { createRunStream } from '../segment/run-stream.ts'
import { checkAgent, contextFor, recordedOptions, startRun } from '../segment/start-run.ts'
import type { Emission } from '../runner/run-context.ts'
import type { Item } from '../state/item.ts'
import { deliverOthers } from './deliver-session.ts'
import { eachOrDamaged } from './or-damaged.ts'
import { resume } from './resume-segment.ts'
import { withLease } from './with-lease.ts'
import type { RuntimePorts } from './runtime-ports.ts'

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
  const { clock } = ports
  const { compiled, options } = order
  const runId = ports.ids.runId()
  const spec = ports.sensitive.specOf(await ports.linker.link(compiled), runId)
  checkAgent(spec, options.agent)
  checkSession(spec.program, options.session)
  checkResponsesOnly(spec.program, recordedOptions(options))
  checkConversation(spec.program, options.agent ?? spec.program.entry, recordedOptions(options))
  const context = await contextFor(spec, options.context)
  await checkModels(spec, [options.agent ?? spec.program.entry], recordedOptions(options))
  const sessionId = options.session
  // A store that nobody needs is not opened.
  const sessions = sessionId === undefined ? null : await ports.sessionPlaces.of(spec)
  checkCompaction(spec.program, options.agent ?? spec.program.entry, recordedOptions(options), sessions)
  const archive = (): Promise<void> => ports.specs.keep(compiled)
  await archive()
  const target = {
    runId,
    sessionId: options.session ?? null,
    wait: options.wait,
    baseDir: options.baseDir,
  }
  return yield* withLease(ports, target, stop, async (lease) => {
    if (sessions !== null && sessionId !== undefined)
      await deliverOthers(ports, sessions, { sessionId, runId: lease.run_id })
    const segment = await startRun({ ...order, spec, context, lease, sessions, clock })
    // Once more when the run is there: a collection of unused specs may have come between.
    return { ...segment, onOpened: archive }
  })
}

export function resumeStream(ports: RuntimePorts, runId: string, options: ResumeOptions = {}): RunStream {
  return createRunStream(
    (stop) => eachOrDamaged(ports.store, runId, resume(ports, { runId, options }, stop)),
    options.signal,
  )
}
