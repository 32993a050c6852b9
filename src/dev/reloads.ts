/** A spec that is being edited: what every change of its files makes of it, and the last version without errors. */
import type { CompileResult, CompileSuccess } from '../compiler/compile-result.ts'
import { compileObserved } from './compile-observed.ts'
import { follow } from './follow.ts'
import type { Observe } from './observations.ts'

export interface Reload {
  /** As compiled just now, errors included. */
  readonly result: CompileResult
  /** The last version without errors before this one; `null`: there was none. */
  readonly before: CompileSuccess | null
  /** Absolute paths of the files that changed; none the first time. */
  readonly changed: readonly string[]
  /** How many files are watched. */
  readonly watched: number
}

export interface ReloadOptions {
  readonly signal: AbortSignal
  /** Reads something else that the spec depends on, such as variables, and gives those. */
  readonly environment: (observe: Observe) => Promise<Readonly<Record<string, string | undefined>>>
  /** Whether a version can be run; default: one without errors. */
  readonly isUsable?: (result: CompileSuccess) => boolean
}

/**
 * The spec at `path` now, and again after every change of a file it is made of (includes, instructions, schemas, tool modules and
 * what they import), of one it lacks, or of what `environment` read. No change is lost. Ends when the signal is aborted.
 *
 * @throws WatchFailure when the system does not let us watch.
 */
export async function* reloads(path: string, options: ReloadOptions): AsyncGenerator<Reload, void, void> {
  const { signal, environment, isUsable = () => true } = options
  let before: CompileSuccess | null = null
  const compile = async (observe: Observe): Promise<CompileResult> =>
    compileObserved(path, { environment: await environment(observe) }, observe)
  for await (const { value, changed, watched } of follow(compile, signal)) {
    yield { result: value, before, changed, watched: watched.length }
    if (value.ok && isUsable(value)) before = value
  }
}
