/** Tells a person that tool code on disk is not what a run goes on with. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProgram } from '../../runtime/link/link-spec.ts'
import { readState } from '../../runtime/operations/read-run.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Invocation } from '../command.ts'
import { printableLine } from '../terminal/printable.ts'

/** Silent for modules that are gone: then nobody can take them for what runs. */
export async function tellChangedModules(
  { output }: Invocation,
  runtime: Runtime,
  { runId, baseDir }: { readonly runId: string; readonly baseDir?: string | undefined },
): Promise<void> {
  const { spec, base_dir: known } = await readState(runtime, runId)
  const folder = baseDir ?? known
  if (folder === '') return
  const { modules } = await readProgram(runtime.store, spec.hash)
  const changed: string[] = []
  for (const [path, { source }] of Object.entries(modules)) {
    const text = await readFile(join(folder, path), 'utf8').catch(() => null)
    if (text !== null && text.replace(/^\uFEFF/, '') !== source.replace(/^\uFEFF/, '')) changed.push(path)
  }
  if (changed.length === 0) return
  const names = changed.map(printableLine).join(', ')
  const is = changed.length === 1 ? 'is' : 'are'
  output.note(
    output.err.dim(
      `${names} ${is} not as archived with this run, which goes on with what is archived; --spec latest takes the files`,
    ),
  )
}
