/** Finds the file that an import probably means. */
import { posix } from 'node:path'
import { suggest } from '../../util/suggest.ts'
import type { SpecLoader } from '../loader.ts'
import { isModulePath } from './module-path.ts'

/**
 * The specifier, corrected: with the ending that is missing (`./orders` → `./orders.ts`), with the ending of the source
 * instead of the compiled file (`./orders.js` → `./orders.ts`), or with the nearest name in the same folder.
 */
export async function suggestImport(
  loader: SpecLoader,
  path: string,
  written: string,
): Promise<string | undefined> {
  const names = (await loader.list(posix.dirname(path))).filter((name) => isModulePath(name))
  const wanted = posix.basename(path)
  const stem = wanted.replace(/\.[mc]?[jt]sx?$/, '')
  const name = names.find((candidate) => candidate.replace(/\.[^.]+$/, '') === stem) ?? suggest(wanted, names)
  return name === undefined ? undefined : written.slice(0, written.length - wanted.length) + name
}
