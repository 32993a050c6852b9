/** Compiles a spec and remembers every file that it looked at, those that are missing included. */
import { join } from 'node:path'
import { compileSpec, fileInput } from '../compiler/compile.ts'
import type { CompileOptions } from '../compiler/compile.ts'
import type { CompileResult } from '../compiler/compile-result.ts'
import type { Observe } from './observations.ts'

/** The same as `compileFile`. */
export async function compileObserved(
  path: string,
  options: CompileOptions,
  observe: Observe,
): Promise<CompileResult> {
  const input = fileInput(path, options)
  const { loader, baseDir } = input
  return await compileSpec({
    ...input,
    loader: {
      readText: (name) => observe(join(baseDir, name), () => loader.readText(name)),
      // The names in a folder only matter for a missing file, and that one is watched.
      list: (folder) => loader.list(folder),
    },
  })
}
