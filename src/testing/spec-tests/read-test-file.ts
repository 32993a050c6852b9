/** Reads a test file; what is wrong with it is diagnostics, with places in it. */
import { basename, dirname } from 'node:path'
import { createFileLoader } from '../../compiler/file-loader.ts'
import { parseYaml } from '../../compiler/parse/parse-yaml.ts'
import { reportUnreadable } from '../../compiler/resolve/report-unreadable.ts'
import { reportFindings } from '../../compiler/validate-file.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import type { SpecDocument } from '../../spec/document.ts'
import { createReporter } from '../../spec/reporter.ts'
import { createSource } from '../../spec/source.ts'
import type { Source } from '../../spec/source.ts'
import { createTypeStripper } from '../../util/type-stripper.ts'
import type { TestFile } from './test-file.ts'
import { validateTestFile } from './validate-test-file.ts'

/** A test file without mistakes in its form. */
export interface ReadTestFile {
  /** As the user named it. */
  readonly file: string
  /** Absolute. */
  readonly path: string
  readonly source: Source
  readonly document: SpecDocument
  readonly tests: TestFile
}

export type TestFileReading =
  | { readonly ok: true; readonly read: ReadTestFile }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly text: string }

/** `file`: how to call it in messages. Never throws for a mistake in the file. */
export async function readTestFile(path: string, file: string): Promise<TestFileReading> {
  using stripper = createTypeStripper()
  const reporter = createReporter()
  const rootFile = basename(path)
  const loader = createFileLoader(dirname(path), rootFile)
  const loaded = await loader.readText(rootFile)
  const source = createSource(file, rootFile, loaded.ok ? loaded.text : '')
  const failed = (): TestFileReading => ({
    ok: false,
    diagnostics: reporter.diagnostics,
    text: source.text,
  })
  if (!loaded.ok) {
    const reading = { loader, rootFile, displayName: () => file, report: reporter.report, stripper }
    const reference = { path: rootFile, written: file, location: source.locate(0, 0), pointer: '' }
    await reportUnreadable(reading, reference, loaded.problem)
    return failed()
  }
  const { document } = parseYaml(source, reporter.report)
  if (document === undefined) return failed()
  reportFindings(document, validateTestFile(document.value), reporter)
  const tests: unknown = document.value
  if (reporter.diagnostics.some(({ severity }) => severity === 'error') || !isTestFile(tests)) return failed()
  return { ok: true, read: { file, path, source, document, tests } }
}

/** Validation has found nothing wrong by the time this is asked. */
function isTestFile(value: unknown): value is TestFile {
  return typeof value === 'object' && value !== null && 'spec' in value
}
