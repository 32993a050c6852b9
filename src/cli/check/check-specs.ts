/** Compiles the specs of `check`, with `--fix` after mending them. */
import { compileFile, fileInput } from '../../compiler/compile.ts'
import type { CompileResult } from '../../compiler/compile-result.ts'
import { fixSpec } from '../../compiler/fix/fix-spec.ts'
import type { FixedMistake } from '../../compiler/fix/fix-spec.ts'
import { writeChanges } from '../../compiler/fix/write-changes.ts'
import type { Invocation } from '../command.ts'
import { variablesFor } from '../runs/compile-spec.ts'
import { messageOf } from '../../util/message-of.ts'

export interface CheckedSpec {
  /** As on the command line. */
  readonly path: string
  readonly result: CompileResult
}

export interface Fixes {
  readonly fixed: readonly FixedMistake[]
  /** Files that somebody else has changed meanwhile: nothing was written for their specs. */
  readonly outdated: readonly string[]
  /** Specs that could not be written, and why. */
  readonly failed: readonly { readonly path: string; readonly why: string }[]
}

/** Every spec of the command line, in its order. */
export async function checkSpecs(invocation: Invocation): Promise<readonly CheckedSpec[]> {
  const checked: CheckedSpec[] = []
  for (const path of invocation.args) {
    const environment = await variablesFor(invocation, path)
    checked.push({ path, result: await compileFile(path, { environment }) })
  }
  return checked
}

/** Fixes one spec after the other on disk: files that several of them include are fixed with the first. */
export async function fixSpecs(invocation: Invocation): Promise<Fixes> {
  const fixed: FixedMistake[] = []
  const outdated: string[] = []
  const failed: { path: string; why: string }[] = []
  for (const path of invocation.args) {
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
