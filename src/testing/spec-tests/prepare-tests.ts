/** A test file made ready: its spec compiled, every mistake in it found, its cases listed and not yet run. */
import type { CompileResult, CompileSuccess } from '../../compiler/compile-result.ts'
import type { ModuleLoader } from '../../runtime/modules/module-loader.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import { createReporter } from '../../spec/reporter.ts'
import { checkTests } from './check-tests.ts'
import type { CompileSpec } from './check-tests.ts'
import { diagnosticFailures } from './compare-diagnostics.ts'
import type { TestFailure, TestOutcome } from './outcome.ts'
import type { ReadTestFile } from './read-test-file.ts'
import { policyName, runPolicy } from './run-policy.ts'
import { runTest } from './run-test.ts'
import type { TestBench } from './run-test.ts'
import { readStubs } from './stubs.ts'

/** One test, policy or list of diagnostics. */
export interface TestCase {
  readonly file: string
  readonly name: string
  readonly kind: TestOutcome['kind']
  /** It is played from a cassette. */
  readonly replays: boolean
  readonly run: () => Promise<readonly TestFailure[]>
}

/** What the cases of every file have in common. */
export type CommonBench = Omit<TestBench, 'read' | 'compiled' | 'stubs'>

export interface TestPorts extends CommonBench {
  readonly compile: CompileSpec
  readonly loader: ModuleLoader
}

export type PreparedTests =
  | { readonly ok: true; readonly cases: readonly TestCase[] }
  | {
      readonly ok: false
      /** Of the test file; else of the spec, which nobody expects. */
      readonly diagnostics: readonly Diagnostic[]
      /** The spec, when it is the one that is wrong. */
      readonly spec?: { readonly path: string; readonly result: CompileResult }
    }

export async function prepareTests(read: ReadTestFile, ports: TestPorts): Promise<PreparedTests> {
  const reporter = createReporter()
  const { path: specPath, result } = await checkTests(read, ports.compile, reporter.report)
  const stubs = await readStubs(read, ports.loader, reporter.report)
  if (reporter.diagnostics.length > 0) return { ok: false, diagnostics: reporter.diagnostics }
  const needsProgram = (read.tests.tests ?? []).length + (read.tests.policies ?? []).length > 0
  if (!result.ok && (needsProgram || read.tests.diagnostics === undefined)) {
    return { ok: false, diagnostics: result.diagnostics, spec: { path: specPath, result } }
  }
  const runs = result.ok ? runCases({ ...ports, read, compiled: result, stubs }) : []
  return { ok: true, cases: [...diagnosticsCase(read, specPath, result), ...runs] }
}

function diagnosticsCase(read: ReadTestFile, specPath: string, result: CompileResult): readonly TestCase[] {
  if (read.tests.diagnostics === undefined) return []
  const run: TestCase['run'] = async () => diagnosticFailures(read, specPath, result.diagnostics)
  return [
    {
      file: read.file,
      name: `what is reported for ${read.tests.spec}`,
      kind: 'diagnostics',
      replays: false,
      run,
    },
  ]
}

function runCases(bench: TestBench & { readonly compiled: CompileSuccess }): readonly TestCase[] {
  const { file, tests } = bench.read
  return [
    ...(tests.tests ?? []).map(({ name, replay }, index): TestCase => ({
      file,
      name,
      kind: 'test',
      replays: replay !== undefined,
      run: () => runTest(bench, index),
    })),
    ...(tests.policies ?? []).map((policy, index): TestCase => ({
      file,
      name: policyName(policy),
      kind: 'policy',
      replays: false,
      run: () => runPolicy(bench, index),
    })),
  ]
}
