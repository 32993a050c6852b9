/** Where the parts of an archived spec were written, from the YAML texts that are kept with it. */
import { compileSpec } from '../../compiler/compile.ts'
import { createMemoryLoader } from '../../compiler/memory-loader.ts'
import type { Program } from '../../compiler/program.ts'
import type { Location } from '../../spec/diagnostic.ts'

/** A file of the closure that is not kept as a file, because its content is in the Program. */
const MISSING_FILE = 'AS3008'

/**
 * Compiles the texts again. Places are given when that leads to the same spec, or fails for missing files alone: else the
 * texts are not those of this spec.
 */
export async function archivedPlaces(
  program: Program,
  hash: string,
  sources: Readonly<Record<string, string>>,
): Promise<(pointer: string) => Location | undefined> {
  const [rootFile] = Object.keys(sources)
  if (rootFile === undefined) return () => undefined
  const result = await compileSpec({
    loader: createMemoryLoader(new Map([...filesOf(program), ...Object.entries(sources)])),
    rootFile,
    baseDir: '/',
    displayName: (path) => path,
  })
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
  const isSame = result.ok ? result.hash === hash : errors.every(({ code }) => code === MISSING_FILE)
  return isSame ? result.placeOf : () => undefined
}

/** Modules, and files of instructions. */
function filesOf({ modules, agents }: Program): readonly (readonly [path: string, text: string])[] {
  const instructions = Object.values(agents).flatMap(({ instructions: text }) =>
    text !== undefined && 'file' in text ? [[text.file, text.template] as const] : [],
  )
  return [...Object.entries(modules).map(([path, { source }]) => [path, source] as const), ...instructions]
}
