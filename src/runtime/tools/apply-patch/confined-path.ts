/** Where in a folder a path may lead: never out of it, through a link or otherwise. */
import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path'
import { PatchProblem } from './parse-diff.ts'

/** Folders that hold what decides about patches: a patch must not reach them. */
const RESERVED: ReadonlySet<string> = new Set(['.agentspec', '.git'])

/**
 * The absolute path of a file below `root`. Folders on the way may be missing.
 *
 * @throws PatchProblem for a path that is absolute, leaves the folder, goes through a link that does, is a link itself,
 *   or is inside `.git` or `.agentspec`
 */
export async function confinedPath(root: string, path: string): Promise<string> {
  if (path === '' || path.includes('\0') || isAbsolute(path) || /^[a-z]:/iu.test(path)) {
    throw new PatchProblem(`${JSON.stringify(path)} is not a path relative to the folder`)
  }
  const inside = normalize(path)
  const parts = inside.split(/[\\/]/u)
  if (parts.includes('..') || inside === '.') throw leaves(path)
  const reserved = parts.find((part) => RESERVED.has(part.toLowerCase()))
  if (reserved !== undefined) throw new PatchProblem(`files inside ${reserved} are not edited by patches`)
  const top = await realpath(root).catch(() => {
    throw new PatchProblem(`the folder ${JSON.stringify(root)} does not exist`)
  })
  const target = join(top, inside)
  const folder = await existingFolder(dirname(target))
  if (folder !== top && relative(top, folder).split(sep)[0] === '..') throw leaves(path)
  if ((await lstat(target).catch(() => null))?.isSymbolicLink() === true) {
    throw new PatchProblem(`${JSON.stringify(path)} is a link; patches edit files alone`)
  }
  return target
}

/** The real place of the nearest folder that exists. */
async function existingFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch {
    return existingFolder(dirname(folder))
  }
}

function leaves(path: string): PatchProblem {
  return new PatchProblem(`${JSON.stringify(path)} leaves the folder that patches may edit`)
}
