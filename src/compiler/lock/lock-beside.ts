/** The lock file beside a spec, without the spec: for whoever writes it, or compares it. */
import type { Diagnostic } from '../../spec/diagnostic.ts'
import { createReporter } from '../../spec/reporter.ts'
import { fileInput } from '../compile.ts'
import { readLock } from './read-lock.ts'
import type { ReadLock } from './read-lock.ts'

/** @param path Of the spec. */
export async function lockBeside(
  path: string,
): Promise<ReadLock & { readonly diagnostics: readonly Diagnostic[] }> {
  const reporter = createReporter()
  const read = await readLock({ ...fileInput(path), report: reporter.report })
  return { ...read, diagnostics: reporter.diagnostics }
}
