/** Runs the tests of some files once, and tells what comes of them. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { compileFile } from '../../compiler/compile.ts'
import type { CompileResult } from '../../compiler/compile-result.ts'
import { createModuleLoader } from '../../runtime/modules/module-loader.ts'
import { createMatcher } from '../../testing/spec-tests/matcher.ts'
import type { TestOutcome } from '../../testing/spec-tests/outcome.ts'
import { prepareTests } from '../../testing/spec-tests/prepare-tests.ts'
import type { TestCase, TestPorts } from '../../testing/spec-tests/prepare-tests.ts'
import { readTestFile } from '../../testing/spec-tests/read-test-file.ts'
import { runCases } from '../../testing/spec-tests/run-cases.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import type { Invocation } from '../command.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { SpecInvalid } from '../failures.ts'
import { createReport, summaryLine } from '../report/check-report.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import type { TextOf } from '../report/pretty.ts'
import { textOnDisk, textsOf } from '../runs/compile-spec.ts'
import type { FoundTestFile } from './find-test-files.ts'

export interface TestRun {
  readonly files: readonly FoundTestFile[]
  /** Only tests whose name has this text in it, whatever its case. */
  readonly filter: string | undefined
  /** `record`: only tests with a cassette, asking the provider; `replay`: only those, played. */
  readonly mode: 'all' | 'record' | 'replay'
  readonly signal: AbortSignal
  /** Told of every outcome, in the order of the files. */
  readonly tell: (outcome: TestOutcome, textOf: TextOf) => void
  /** Compiles a spec; its path is absolute or from the working directory. */
  readonly compile?: (path: string) => Promise<CompileResult>
}

/** Milliseconds for one test: far more than any needs, so that one that hangs ends. */
const TEST_TIMEOUT = 60_000

interface Prepared {
  readonly cases: readonly TestCase[]
  readonly texts: ReadonlyMap<string, string>
}

/**
 * Everything is checked before anything runs.
 *
 * @throws SpecInvalid for mistakes in test files, and for those in specs that no test expects.
 */
export async function runTestFiles(invocation: Invocation, run: TestRun): Promise<readonly TestOutcome[]> {
  const loader = createModuleLoader()
  try {
    const { cases, texts } = await prepare(invocation, run, loader)
    const outcomes: TestOutcome[] = []
    for await (const outcome of runCases(cases, availableParallelism())) {
      if (run.signal.aborted) break
      outcomes.push(outcome)
      run.tell(outcome, (file) => texts.get(file) ?? textOnDisk(resolve(invocation.context.cwd, file)))
    }
    return outcomes
  } finally {
    loader.dispose()
  }
}

async function prepare(invocation: Invocation, run: TestRun, loader: TestPorts['loader']): Promise<Prepared> {
  const { context } = invocation
  const ports: TestPorts = {
    loader,
    compile: run.compile ?? ((path) => compileFile(path)),
    matcher: await createMatcher(),
    environment: context.env,
    exitCodeOf,
    signal: run.signal,
    timeout: TEST_TIMEOUT,
    records: run.mode === 'record',
  }
  const cases: TestCase[] = []
  const texts = new Map<string, string>()
  const wrong: Wrong[] = []
  for (const { file, path } of run.files) {
    const reading = await readTestFile(path, file)
    if (!reading.ok) {
      wrong.push({ files: [file], diagnostics: reading.diagnostics, textOf: () => reading.text })
      continue
    }
    const { read } = reading
    texts.set(file, read.source.text)
    const prepared = await prepareTests(read, ports)
    if (prepared.ok) cases.push(...prepared.cases)
    else wrong.push(wrongIn(invocation, prepared, read.file, read.source.text))
  }
  if (wrong.length > 0) throw invalid(invocation, wrong)
  return { cases: cases.filter((one) => isMeant(one, run)), texts }
}

function isMeant({ name, replays }: TestCase, { filter, mode }: TestRun): boolean {
  if (mode !== 'all' && !replays) return false
  return filter === undefined || name.toLowerCase().includes(filter.toLowerCase())
}

/** A test file, or its spec, with its mistakes. */
interface Wrong {
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  readonly textOf: TextOf
}

function wrongIn(
  invocation: Invocation,
  prepared: Exclude<Awaited<ReturnType<typeof prepareTests>>, { readonly ok: true }>,
  file: string,
  text: string,
): Wrong {
  const { diagnostics, spec } = prepared
  if (spec === undefined)
    return { files: [file], diagnostics, textOf: (name) => (name === file ? text : undefined) }
  const textOf = textsOf(invocation, resolve(invocation.context.cwd, spec.path), spec.result)
  return { files: spec.result.files, diagnostics, textOf }
}

function invalid({ output }: Invocation, wrong: readonly Wrong[]): SpecInvalid {
  const report = wrong
    .map(({ diagnostics, textOf }) => prettyDiagnostics(diagnostics, textOf, output.err))
    .join('\n\n')
  const diagnostics = wrong.flatMap((one) => one.diagnostics)
  const files = wrong.flatMap((one) => one.files)
  const summary = summaryLine(createReport(files, diagnostics, false), output.err)
  return new SpecInvalid(`No test was run: ${summary}`, diagnostics, report)
}
