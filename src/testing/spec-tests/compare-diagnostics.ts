/** `diagnostics` of a test file: exactly these are reported for the spec. */
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import { toPointer } from '../../spec/path.ts'
import type { TestFailure } from './outcome.ts'
import type { ReadTestFile } from './read-test-file.ts'
import type { ExpectedDiagnostic } from './test-file.ts'

/** Those that are missing, at their place in the list, and those that nobody expects, at its key. */
export function diagnosticFailures(
  read: ReadTestFile,
  specFile: string,
  found: readonly Diagnostic[],
): readonly TestFailure[] {
  const left = [...found]
  const failures: TestFailure[] = []
  for (const [index, expected] of (read.tests.diagnostics ?? []).entries()) {
    const match = left.findIndex((one) => isExpected(expected, one, specFile))
    if (match >= 0) left.splice(match, 1)
    else failures.push(missing(read, index, expected, left))
  }
  const place = read.document.rangeAt(['diagnostics'], 'key')
  for (const one of left) {
    const message = `nobody expects ${textOf(one)}: ${one.message}`
    failures.push({ message, ...place, pointer: '/diagnostics', actual: one.code })
  }
  return failures
}

function isExpected(expected: ExpectedDiagnostic, found: Diagnostic, specFile: string): boolean {
  if (typeof expected === 'string') return expected === found.code
  const { code, line, file } = expected
  const where = file === undefined ? specFile : join(dirname(specFile), file)
  return (
    code === found.code &&
    (line === undefined || line === found.start.line) &&
    ((file === undefined && line === undefined) || where === found.file)
  )
}

function missing(
  read: ReadTestFile,
  index: number,
  expected: ExpectedDiagnostic,
  found: readonly Diagnostic[],
): TestFailure {
  const code = typeof expected === 'string' ? expected : expected.code
  const near = found.filter((one) => one.code === code).map(textOf)
  const elsewhere = near.length === 0 ? 'it is not reported' : `it is at ${near.join(', ')}`
  const path = ['diagnostics', index]
  return {
    message: `${code} is expected here, but ${elsewhere}`,
    ...read.document.rangeAt(path, 'value'),
    pointer: toPointer(path),
    expected: code,
  }
}

function textOf({ code, file, start }: Diagnostic): string {
  return `${code} (${file}:${start.line})`
}
