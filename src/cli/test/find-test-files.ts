/** Finds the test files that paths of the command line mean. */
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageFailure } from '../../runtime/failures.ts'
import { fileProblem } from '../values.ts'

/** A test file: as the user would name it, and absolute. */
export interface FoundTestFile {
  readonly file: string
  readonly path: string
}

/**
 * Files as they are named; in folders every `*.test.yaml` (or `.yml`), by name, but for hidden folders and `node_modules`.
 *
 * @throws UsageFailure `file_not_found`, `no_tests`.
 */
export async function findTestFiles(
  words: readonly string[],
  cwd: string,
): Promise<readonly FoundTestFile[]> {
  const found: FoundTestFile[] = []
  for (const word of words.length === 0 ? ['.'] : words) found.push(...(await filesOf(word, cwd)))
  const unique = [...new Map(found.map((one) => [one.path, one])).values()]
  if (unique.length > 0) return unique
  const where = words.length === 0 ? 'here' : `in ${words.join(', ')}`
  throw new UsageFailure('no_tests', `There are no test files ${where}`, 'Their names end in .test.yaml')
}

async function filesOf(word: string, cwd: string): Promise<readonly FoundTestFile[]> {
  const path = resolve(cwd, word)
  const stats = await stat(path).catch((error: unknown) => {
    throw new UsageFailure('file_not_found', `${word} cannot be read: ${fileProblem(error)}`)
  })
  return stats.isDirectory() ? search(word, path) : [{ file: word, path }]
}

async function search(folder: string, path: string): Promise<readonly FoundTestFile[]> {
  const entries = await readdir(path, { withFileTypes: true })
  const found: FoundTestFile[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry
    const inside = { file: join(folder, name), path: join(path, name) }
    if (entry.isDirectory()) {
      if (name.startsWith('.') || name === 'node_modules') continue
      found.push(...(await search(inside.file, inside.path)))
    } else if (isTestFile(name)) found.push(inside)
  }
  return found
}

/** A test file says so by its name. */
export function isTestFile(path: string): boolean {
  return /\.test\.ya?ml$/.test(path)
}
