/** The runtime bound to one Program: what a TypeScript program uses (CONTRACT, Programs). */
import type { Program } from '../compiler/program.ts'
import { originOf } from '../compiler/program-origin.ts'
import { compact } from '../util/compact.ts'
import { hashJson } from '../util/sha256.ts'
import type { DecisionOrder, DecisionOutcome } from './approvals/decide.ts'
import { createRuntime } from './create-runtime.ts'
import type { RuntimeOptions } from './create-runtime.ts'
import { RunState } from './documents/run-state-handle.ts'
import { UsageFailure } from './failures.ts'
import { isModelReference } from './models/model-reference.ts'
import { currentEnvironment } from './link/environment.ts'
import type { RunResult } from './run-result.ts'
import type { CompiledSpec } from './link/compiled-spec.ts'
import type { ResumeOptions, Runtime, RunStream, StartOptions } from './runtime.ts'
import type { RunEvent } from './state/stream-events.ts'
import type { Item } from './state/item.ts'
import { memoryStore } from './store/memory/memory-store.ts'

export interface RunnerOptions extends Partial<RuntimeOptions> {
  /** Folder of the spec; known when the Program comes from `compileFile`. */
  readonly baseDir?: string
}

/** A result, with the state it rests in: decide there, and give it to `resume`. */
export interface RunnerResult extends RunResult {
  readonly state: RunState
}

/** A segment under way. Iterate it, or await `result`; either drives the run. */
export interface RunnerStream extends AsyncIterable<RunEvent> {
  readonly result: Promise<RunnerResult>
  stop(mode: 'after_turn' | 'now'): void
}

export interface Runner extends AsyncDisposable {
  readonly runtime: Runtime
  /** Runs to the next rest: completed, failed or paused. A failure of the run is a result, not an exception. */
  run(input: string | readonly Item[], options?: StartOptions): Promise<RunnerResult>
  stream(input: string | readonly Item[], options?: StartOptions): RunnerStream
  /** Goes on with a run, by its state (whose staged decisions are journaled first) or by its id. */
  resume(run: RunState | string, options?: ResumeOptions): Promise<RunnerResult>
  resumeStream(run: RunState | string, options?: ResumeOptions): Promise<RunnerStream>
  decide(runId: string, order: DecisionOrder): Promise<DecisionOutcome>
}

/**
 * Creates a runner. Without a store, runs live in memory. Disposing of it closes the store.
 *
 * @throws UsageFailure `invalid_spec` without a Program: the spec has errors, see its diagnostics; `unknown_model` for a model
 *   given under a name that the spec does not have. Errors of its methods: see `Runtime`.
 */
export async function createRunner(
  program: Program | undefined,
  options: RunnerOptions = {},
): Promise<Runner> {
  if (program === undefined) {
    throw new UsageFailure(
      'invalid_spec',
      'There is no Program to run: the spec has errors',
      'Look at the diagnostics of compileFile',
    )
  }
  const { baseDir, ...runtimeOptions } = options
  checkModelNames(program, Object.keys(options.models ?? {}))
  const environment = runtimeOptions.environment ?? currentEnvironment()
  const runtime = createRuntime({ store: memoryStore(), ...runtimeOptions, environment })
  const origin = originOf(program)
  const spec: CompiledSpec = {
    program,
    hash: hashJson(program),
    baseDir: baseDir ?? origin?.baseDir ?? '.',
    sources: origin?.sources ?? {},
    ...(origin === undefined ? {} : { lock: origin.lock }),
  }
  const held = (stream: RunStream): RunnerStream =>
    withState(runtime, stream, environment['AGENTSPEC_STATE_KEY'])
  return {
    runtime,
    run: (input, startOptions) => held(runtime.start(spec, input, startOptions)).result,
    stream: (input, startOptions) => held(runtime.start(spec, input, startOptions)),
    resume: async (run, resumeOptions) => held(await resume(runtime, run, resumeOptions)).result,
    resumeStream: async (run, resumeOptions) => held(await resume(runtime, run, resumeOptions)),
    decide: (runId, order) => runtime.decide(runId, order),
    [Symbol.asyncDispose]: () => runtime.close(),
  }
}

/** A name that nothing in the spec asks for is a mistake: the model would never be used. */
function checkModelNames(program: Program, given: readonly string[]): void {
  const asked = Object.values(program.agents).map(({ model }) => model)
  const known = new Set([...Object.keys(program.models), ...asked])
  const unknown = given.find((name) => !known.has(name) && !isModelReference(name))
  if (unknown === undefined) return
  throw new UsageFailure(
    'unknown_model',
    `Spec ${program.name} has no model ${unknown}`,
    `Its models: ${[...known].join(', ')}`,
  )
}

/** Journals what was staged on a state, then goes on. A state from elsewhere is imported first. */
async function resume(
  runtime: Runtime,
  run: RunState | string,
  options: ResumeOptions = {},
): Promise<RunStream> {
  if (typeof run === 'string') return runtime.resume(run, options)
  const stored = await runtime.store.readJournal(run.run_id)
  const { orders, input, context } = run.resumption(stored)
  if (stored.length === 0) await runtime.importState(run.document())
  const given = { ...compact({ context }), ...options }
  // What is wrong with the context is found before anything is recorded; with another spec it is another matter.
  if (orders.length > 0 && options.spec === undefined) await runtime.checkResumption(run.run_id, given)
  for (const order of orders) await runtime.decide(run.run_id, order)
  const staged = compact({ input: input.length === 0 ? undefined : input, context })
  return runtime.resume(run.run_id, { ...staged, ...options })
}

function withState(runtime: Runtime, stream: RunStream, key: string | undefined): RunnerStream {
  const attach = async (): Promise<RunnerResult> => {
    const result = await stream.result
    const document = await runtime.exportState(result.run_id)
    const state = new RunState(document, key)
    return Object.defineProperty({ ...result, state }, 'state', { value: state, enumerable: false })
  }
  let attached: Promise<RunnerResult> | null = null
  return {
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
    get result() {
      attached ??= attach()
      return attached
    },
    stop: (mode) => stream.stop(mode),
  }
}
