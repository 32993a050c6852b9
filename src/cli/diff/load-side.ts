/** One of the two specs that `diff` compares: a file, or a spec of the archive. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Program } from '../../compiler/program.ts'
import type { Location } from '../../spec/diagnostic.ts'
import { readProgram } from '../../runtime/link/link-spec.ts'
import type { RunStore } from '../../runtime/store/run-store.ts'
import type { Invocation } from '../command.ts'
import { compileValid } from '../runs/compile-spec.ts'
import { findSpec } from '../runs/find-spec.ts'
import { archivedPlaces } from './archived-places.ts'

export interface Side {
  readonly program: Program
  readonly hash: string
  /** For people: the file, or that it is archived. */
  readonly from: string
  /** `undefined` where the place is not known. */
  readonly placeOf: (pointer: string) => Location | undefined
}

/** True for a hash or the beginning of one. A file of such a name wins unless `sha256:` is written. */
export function isHash({ context }: Invocation, written: string): boolean {
  if (written.startsWith('sha256:')) return true
  return /^[0-9a-f]{4,64}$/.test(written) && !existsSync(resolve(context.cwd, written))
}

/** @throws SpecInvalid when the spec has errors. */
export async function loadFile(invocation: Invocation, path: string): Promise<Side> {
  const { program, hash, placeOf } = await compileValid(invocation, path)
  return { program, hash, from: path, placeOf }
}

/** @throws UsageFailure `unknown_spec`, `ambiguous_spec`. */
export async function loadArchived(store: RunStore, written: string): Promise<Side> {
  const hash = await findSpec(store, written)
  const program = await readProgram(store, hash)
  const archived = await store.readSpec(hash)
  return {
    program,
    hash,
    from: 'archived',
    placeOf: await archivedPlaces(program, hash, archived?.sources ?? {}),
  }
}
