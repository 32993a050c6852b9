/** Compiles the specs of `check`, with `--fix` after mending them. */
import { resolve } from 'node:path'
import { compileFile, fileInput } from '../../compiler/compile.ts'
import type { CompileResult } from '../../compiler/compile-result.ts'
import { fixSpec } from '../../compiler/fix/fix-spec.ts'
import type { FixedMistake } from '../../compiler/fix/fix-spec.ts'
import { writeChanges } from '../../compiler/fix/write-changes.ts'
import type { Diagnostic } from '../../spec/diagnostic.ts'
import type { Invocation } from '../command.ts'
import type { TextOf } from '../report/pretty.ts'
import { textsOf, variablesFor } from '../runs/compile-spec.ts'
import { isTestFile } from '../test/find-test-files.ts'
import { messageOf } from '../../util/message-of.ts'

/** A spec, or a test file, and what is wrong with it. */
export interface CheckedFile {
  /** As on the command line. */
  readonly path: string
  readonly diagnostics: readonly Diagnostic[]
  readonly textOf: TextOf
}

export interface Fixes {
  readonly fixed: readonly FixedMistake[]
  /** Files that somebody else has changed meanwhile: nothing was written for their specs. */
  readonly outdated: readonly string[]
  /** Specs that could not be written, and why. */
  readonly failed: readonly { readonly path: string; readonly why: string }[]
}

/** Compiles a spec that is written as on the command line. */
export type Compile = (path: string) => Promise<CompileResult>

/** Every file of the command line, in its order; what a test file says is checked against its spec. */
export async function checkSpecs(
  invocation: Invocation,
  compile: Compile = async (path) => compileFile(path, { environment: await variablesFor(invocation, path) }),
): Promise<readonly CheckedFile[]> {
  const checked: CheckedFile[] = []
  for (const path of invocation.args) checked.push(await checkOne(invocation, path, compile))
  return checked
}

async function checkOne(invocation: Invocation, path: string, compile: Compile): Promise<CheckedFile> {
  if (isTestFile(path)) {
    const { diagnoseTestFile } = await import('../../testing/spec-tests/check-tests.ts')
    const absolute = resolve(invocation.context.cwd, path)
    const { diagnostics, text } = await diagnoseTestFile(absolute, path, compile)
    return { path, diagnostics, textOf: (file) => (file === path ? text : undefined) }
  }
  const result = await compile(path)
  return { path, diagnostics: result.diagnostics, textOf: textsOf(invocation, path, result) }
}

/** Fixes one spec after the other on disk: files that several of them include are fixed with the first. */
export async function fixSpecs(invocation: Invocation): Promise<Fixes> {
  const fixed: FixedMistake[] = []
  const outdated: string[] = []
  const failed: { path: string; why: string }[] = []
  for (const path of invocation.args.filter((path) => !isTestFile(path))) {
    const input = fileInput(path, { environment: await variablesFor(invocation, path) })
    const mended = await fixSpec(input)
    try {
      const changedMeanwhile = await writeChanges(input.baseDir, mended.changes)
      if (changedMeanwhile.length === 0) fixed.push(...mended.fixed)
      outdated.push(...changedMeanwhile.map(({ file }) => file))
    } catch (error) {
      failed.push({ path, why: messageOf(error) })
    }
  }
  return { fixed, outdated, failed }
}
