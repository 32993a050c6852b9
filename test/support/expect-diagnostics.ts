/** The two words that tests of the compiler are written in. */
import { expect } from 'vitest'
import type { CompileOptions } from '../../src/compiler/compile.ts'
import { compileText, renderDiagnostic } from './compile-text.ts'

/** The spec compiles without a single finding. */
export async function expectValid(text: string, options?: CompileOptions): Promise<void> {
  const { diagnostics } = await compileText(text, options)
  expect(diagnostics.map(renderDiagnostic)).toEqual([])
}

/** The spec gives exactly these findings, in this order: `line:column CODE message` (`file:` first when not spec.yaml). */
export async function expectDiagnostics(
  text: string,
  expected: readonly string[],
  options?: CompileOptions,
): Promise<void> {
  const { diagnostics } = await compileText(text, options)
  const rendered = diagnostics.map(({ file, start, code, message }) => {
    const prefix = file === 'spec.yaml' ? '' : `${file}:`
    return `${prefix}${start.line}:${start.column} ${code} ${message}`
  })
  expect(rendered).toEqual(expected)
}
