/** Runs one test: starts the run, and does and expects what its steps say, in order. */
import { createRuntime } from '../../runtime/create-runtime.ts'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import { ModelFailure } from '../../runtime/failures.ts'
import type { ToolDouble } from '../../runtime/link/doubles.ts'
import type { RunResult, RunStatus } from '../../runtime/run-result.ts'
import type { RunStream, Runtime } from '../../runtime/runtime.ts'
import { memoryStore } from '../../runtime/store/memory/memory-store.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { InternalError, invariant } from '../../util/invariant.ts'
import { messageOf } from '../../util/message-of.ts'
import { expectationFailures } from './expectation.ts'
import type { Matcher } from './matcher.ts'
import type { TestFailure } from './outcome.ts'
import type { ReadTestFile } from './read-test-file.ts'
import { decideStep } from './decide-step.ts'
import type { RunTest, TestInput, TestStep } from './test-file.ts'
import { openTape } from './tape.ts'
import type { Tape } from './tape.ts'
import { createTestModels } from './test-model.ts'
import type { TestModels } from './test-model.ts'

/** What the tests of one file share. */
export interface TestBench {
  readonly read: ReadTestFile
  readonly compiled: CompileSuccess
  /** Tests with a cassette ask the provider, and write it anew. */
  readonly records: boolean
  readonly stubs: (test: RunTest) => Readonly<Record<string, ToolDouble>>
  readonly matcher: Matcher
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exitCodeOf: (status: RunStatus) => number
  readonly signal: AbortSignal
  /** Milliseconds that a test may take. */
  readonly timeout: number
}

/** A test under way. */
interface Course {
  readonly bench: TestBench
  readonly test: RunTest
  readonly at: Path
  readonly runtime: Runtime
  readonly models: TestModels
  readonly signal: AbortSignal
  readonly session: string | undefined
  result: RunResult | null
  /** Decisions were recorded that nobody has carried out. */
  decided: boolean
  /** Nothing was expected of the run since it went on last. */
  unseen: boolean
}

/** What is wrong; nothing when the test passes. A step that fails is the last. */
export async function runTest(bench: TestBench, index: number): Promise<readonly TestFailure[]> {
  const test = bench.read.tests.tests?.[index]
  invariant(test !== undefined, `there is a test ${index}`)
  const at = ['tests', index]
  let tape: Tape
  try {
    tape = await openTape(bench, test, at)
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error
    return [failureAt(bench, [...at, 'replay'], error.message)]
  }
  const models = createTestModels(tape.source)
  const limit = AbortSignal.timeout(bench.timeout)
  await using cleanup = new AsyncDisposableStack()
  const runtime = createRuntime({
    store: memoryStore(),
    environment: environmentOf(bench, test),
    doubles: { model: models.model, tools: bench.stubs(test) },
    ...(tape.clock === undefined ? {} : { clock: tape.clock }),
  })
  cleanup.defer(() => runtime.close())
  const signal = AbortSignal.any([bench.signal, limit])
  const session = sessionOf(test)
  const course: Course = {
    bench,
    test,
    at,
    runtime,
    models,
    signal,
    session,
    result: null,
    decided: false,
    unseen: true,
  }
  const failures = await tape.finish(await perform(course))
  if (!limit.aborted || failures.length > 0) return failures
  return [failureAt(bench, [...at, 'name'], `took longer than ${bench.timeout / 1000} s`)]
}

function environmentOf({ environment }: TestBench, { env = {} }: RunTest): TestBench['environment'] {
  const given = Object.entries(env).map(([name, value]) => [name, value ?? undefined] as const)
  return { ...environment, ...Object.fromEntries(given) }
}

/** Several turns are one conversation. */
function sessionOf({ session, inputs = [], steps = [] }: RunTest): string | undefined {
  const turns = inputs.length + steps.filter((step) => step.input !== undefined).length
  return session ?? (inputs.length > 1 || (inputs.length === 0 && turns > 0) ? 'session_test' : undefined)
}

async function perform(course: Course): Promise<readonly TestFailure[]> {
  const { test, at } = course
  const begun = await attempt(course, [...at, test.input === undefined ? 'inputs' : 'input'], () =>
    begin(course),
  )
  if (begun.length > 0) return begun
  for (const [index, step] of (test.steps ?? []).entries()) {
    const place = [...at, 'steps', index]
    const failures = await attempt(course, place, () => takeStep(course, step, place))
    if (failures.length > 0) return failures
  }
  return attempt(course, [...at, 'name'], async () => {
    await carryOut(course)
    return endFailures(course)
  })
}

/** What a person could have done wrong is a failure of the test, at its place. */
async function attempt(
  { bench }: Course,
  place: Path,
  act: () => Promise<readonly TestFailure[]>,
): Promise<readonly TestFailure[]> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof InternalError) throw error
    return [failureAt(bench, place, messageOf(error))]
  }
}

async function begin(course: Course): Promise<readonly TestFailure[]> {
  const { input, inputs = [] } = course.test
  const turns = input === undefined ? inputs : [input]
  for (const turn of turns) {
    await say(course, turn)
    if (course.result?.status !== 'completed') break
  }
  return []
}

async function takeStep(course: Course, step: TestStep, at: Path): Promise<readonly TestFailure[]> {
  const { approve, reject, expect, input, resume } = step
  if (approve !== undefined || reject !== undefined) {
    await decideStep(course.runtime, resultOf(course).run_id, step)
    course.decided = true
    return []
  }
  if (resume !== undefined) {
    course.decided = false
    const { input: more, max_turns: maxTurns, context } = resume === true ? {} : resume
    const options = {
      ...(more === undefined ? {} : { input: more }),
      ...(maxTurns === undefined ? {} : { maxTurns }),
      ...(context === undefined ? {} : { context }),
      signal: course.signal,
    }
    await follow(course, course.runtime.resume(resultOf(course).run_id, options))
    return []
  }
  await carryOut(course)
  if (input !== undefined) await say(course, input)
  return expect === undefined ? [] : look(course, expect, [...at, 'expect'])
}

async function look(
  course: Course,
  expect: NonNullable<TestStep['expect']>,
  at: Path,
): Promise<readonly TestFailure[]> {
  const { bench, runtime, models } = course
  const result = resultOf(course)
  course.unseen = false
  const run = {
    result,
    journal: await runtime.events(result.run_id),
    request: models.lastRequest(),
    exitCode: bench.exitCodeOf(result.status),
  }
  return expectationFailures(bench, expect, run, at)
}

/** The next turn. Later ones go on with the agent that spoke last. */
async function say(course: Course, input: TestInput): Promise<void> {
  const { runtime, bench, test, session, signal } = course
  const isFirst = course.result === null
  const options = {
    ...(session === undefined ? {} : { session }),
    ...(test.agent === undefined || !isFirst ? {} : { agent: test.agent }),
    ...(test.context === undefined ? {} : { context: test.context }),
    signal,
  }
  await follow(course, runtime.start(bench.compiled, input, options))
}

async function carryOut(course: Course): Promise<void> {
  if (!course.decided) return
  course.decided = false
  await follow(course, course.runtime.resume(resultOf(course).run_id, { signal: course.signal }))
}

async function follow(course: Course, stream: RunStream): Promise<void> {
  course.result = await stream.result
  course.unseen = true
}

function resultOf({ result }: Course): RunResult {
  invariant(result !== null, 'steps come after the first turn')
  return result
}

/** A test that expects nothing expects completion; a failure that nobody looked at is one of the test. */
function endFailures(course: Course): readonly TestFailure[] {
  const { status, error, interruptions } = resultOf(course)
  const isIdle = !(course.test.steps ?? []).some((step) => step.expect !== undefined)
  if (!course.unseen || status === 'completed' || (status !== 'failed' && !isIdle)) return []
  const why = error === null ? '' : `: ${error.message} (${error.code})`
  const waiting = interruptions.map(({ tool, call_id: id }) => `${tool} (${id})`).join(', ')
  const what = waiting === '' ? `the run is ${status}${why}` : `the run waits for approval of ${waiting}`
  return [failureAt(course.bench, [...course.at, 'name'], `${what}, and no step expects that`)]
}

function failureAt({ read }: TestBench, path: Path, message: string): TestFailure {
  return { message, ...read.document.rangeAt(path, 'value'), pointer: toPointer(path) }
}
