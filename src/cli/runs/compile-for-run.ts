/** A spec for a run: without errors, and using only what works. */
import type { CompileOptions } from '../../compiler/compile.ts'
import { unsupportedKeys } from '../../compiler/unsupported.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import type { Invocation } from '../command.ts'
import { plural } from '../report/check-report.ts'
import { compileValid } from './compile-spec.ts'

/**
 * @throws SpecInvalid when the spec has errors; UsageFailure `not_supported` when it needs what does not work yet. Nothing
 *   is journaled then.
 */
export async function compileForRun(
  invocation: Invocation,
  path: string,
  options: CompileOptions = {},
): Promise<CompiledSpec> {
  const { output } = invocation
  const compiled = await compileValid(invocation, path, options)
  const unsupported = unsupportedKeys(compiled.program)
  if (unsupported.length > 0) {
    const lines = unsupported.map(({ pointer, message }) => {
      const place = compiled.placeOf(pointer)
      const where = place === undefined ? path : `${place.file}:${place.start.line}:${place.start.column}`
      return `${where}: ${message}`
    })
    throw new UsageFailure('not_supported', lines.join('\n'), 'Remove the key until a release supports it')
  }
  const warnings = compiled.diagnostics.filter(({ severity }) => severity === 'warning').length
  if (warnings > 0)
    output.note(output.err.dim(`${plural(warnings, 'warning')}: "agentspec check ${path}" shows more`))
  return compiled
}
