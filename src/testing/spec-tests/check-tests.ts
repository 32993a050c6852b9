/** Everything that can be said of a test file without loading any code: its form, and its names against its spec. */
import { dirname, join } from 'node:path'
import type { CompileResult } from '../../compiler/compile-result.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import { createReporter } from '../../spec/reporter.ts'
import type { Report } from '../../spec/reporter.ts'
import { checkAgainstSpec, checkTestFile } from './check-test-file.ts'
import { readTestFile } from './read-test-file.ts'
import type { ReadTestFile } from './read-test-file.ts'

/** Compiles the spec at a path that is written as the user would. */
export type CompileSpec = (path: string) => Promise<CompileResult>

/** What is wrong with a test file, and its text, which the places are in. */
export interface DiagnosedTestFile {
  readonly diagnostics: readonly Diagnostic[]
  readonly text: string
}

/** A test file by itself: mistakes in its spec belong to the spec. `file`: how to call it in messages. */
export async function diagnoseTestFile(
  path: string,
  file: string,
  compile: CompileSpec,
): Promise<DiagnosedTestFile> {
  const reading = await readTestFile(path, file)
  if (!reading.ok) return reading
  const reporter = createReporter()
  await checkTests(reading.read, compile, reporter.report)
  return { diagnostics: reporter.diagnostics, text: reading.read.source.text }
}

/** Reports what is wrong with a test file; returns the spec that it tests, compiled. */
export async function checkTests(
  read: ReadTestFile,
  compile: CompileSpec,
  report: Report,
): Promise<{ readonly path: string; readonly result: CompileResult }> {
  checkTestFile(read, report)
  const path = join(dirname(read.file), read.tests.spec)
  const result = await compile(path)
  if (result.files.length === 0) {
    const place = read.document.rangeAt(['spec'], 'value')
    report('AS3008', { file: read.tests.spec, suggestion: undefined }, place, { pointer: '/spec' })
  }
  if (result.ok) checkAgainstSpec(read, result.program, report)
  return { path, result }
}
