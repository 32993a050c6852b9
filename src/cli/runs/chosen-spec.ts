/** The spec that a person names for a run, and where the differences that forbid it were written. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import type { Location } from '../../spec/diagnostic.ts'
import { SpecConflict } from '../../runtime/drift/plan-spec-change.ts'
import { ConflictFailure, UsageFailure } from '../../runtime/failures.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import { readState } from '../../runtime/operations/read-run.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { isHash, loadArchived } from '../diff/load-side.ts'
import { compileForRun } from './compile-for-run.ts'

export interface ChosenSpec {
  readonly compiled: CompiledSpec
  readonly placeOf: (pointer: string) => Location | undefined
}

/**
 * `null` for `pinned`. `latest` is the file the run was started from, compiled now; a file of the name wins over a hash unless
 * `sha256:` is written.
 *
 * @throws UsageFailure `unknown_spec`, `ambiguous_spec`, `no_spec_file`; SpecInvalid.
 */
export async function chosenSpec(
  invocation: Invocation,
  runtime: Runtime,
  runId: string,
  written: string,
): Promise<ChosenSpec | null> {
  if (written === 'pinned') return null
  if (written === 'latest') return compiledFrom(invocation, await fileOf(invocation, runtime, runId))
  if (!isHash(invocation, written)) return compiledFrom(invocation, written)
  const { program, hash, placeOf } = await loadArchived(runtime.store, written)
  const { base_dir: baseDir } = await readState(runtime, runId)
  const sources = (await runtime.store.readSpec(hash))?.sources ?? {}
  return { compiled: { program, hash, baseDir: baseDir || '.', sources }, placeOf }
}

/** A spec of a file. @throws SpecInvalid; UsageFailure `not_supported`. */
async function compiledFrom(invocation: Invocation, file: string): Promise<ChosenSpec> {
  const compiled: CompiledSpec & Partial<CompileSuccess> = await compileForRun(invocation, file)
  return { compiled, placeOf: compiled.placeOf ?? (() => undefined) }
}

/** The file a run was started from, as the person would write it. */
async function fileOf({ context }: Invocation, runtime: Runtime, runId: string): Promise<string> {
  const { base_dir: folder, spec_file: file, spec } = await readState(runtime, runId)
  const path = join(folder, file)
  if (folder !== '' && file !== '' && existsSync(path)) return relative(context.cwd, path) || path
  const known = folder === '' || file === '' ? 'It is not known' : `${path} does not exist`
  throw new UsageFailure(
    'no_spec_file',
    `There is no file to take the latest ${spec.name} from. ${known}`,
    'Name the file: --spec FILE',
  )
}

/** A spec that a run cannot go on with is refused with every reason, and its places in both specs. */
export async function explainingDrift<T>(
  runtime: Runtime,
  chosen: ChosenSpec,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SpecConflict)) throw error
    const pinned = await loadArchived(runtime.store, error.pinned)
    const lines = error.changes.map(({ class: changeClass, what, at }) => {
      const places = [placeText(pinned, at.a), placeText(chosen, at.b)].filter((text) => text !== '')
      return `  ${changeClass}: ${what}${places.length === 0 ? '' : ` (${places.join(' -> ')})`}`
    })
    throw new ConflictFailure(error.code, [`${error.headline}:`, ...lines].join('\n'), error.hint)
  }
}

function placeText({ placeOf }: Pick<ChosenSpec, 'placeOf'>, pointer: string | undefined): string {
  const place = pointer === undefined ? undefined : placeOf(pointer)
  return place === undefined ? '' : `${place.file}:${place.start.line}:${place.start.column}`
}
