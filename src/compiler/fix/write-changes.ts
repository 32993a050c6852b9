/** Writes fixed files over the old ones, so that nobody ever sees half of one. */
import { randomUUID } from 'node:crypto'
import { access, constants, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileChange } from './fix-spec.ts'

/** A new text beside the file that it is to replace. */
interface Staged {
  /** The file itself, where a link leads. */
  readonly target: string
  readonly temporary: string
}

/**
 * Writes every change, or none: files keep their mode, byte order mark and line ends, links stay links.
 *
 * @returns the files that have changed since they were read; nothing is written then.
 * @throws what the file system throws when a file cannot be written.
 */
export async function writeChanges(
  folder: string,
  changes: readonly FileChange[],
): Promise<readonly FileChange[]> {
  const staged: Staged[] = []
  try {
    for (const change of changes) {
      const one = await stage(folder, change)
      if (one !== undefined) staged.push(one)
    }
    // As late as can be: whoever saves a file after this is overwritten.
    const current = await Promise.all(changes.map((change) => isUnchanged(folder, change)))
    if (current.includes(false)) return changes.filter((_, index) => current[index] === false)
    for (const { temporary, target } of staged) await rename(temporary, target)
    return []
  } finally {
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })))
  }
}

/** `undefined` when there is no such file any more. */
async function stage(folder: string, change: FileChange): Promise<Staged | undefined> {
  const bytes = await readExisting(join(folder, change.path))
  if (bytes === undefined) return undefined
  const target = await realpath(join(folder, change.path))
  await access(target, constants.W_OK)
  const temporary = join(dirname(target), `.agentspec-fix-${randomUUID()}`)
  try {
    await writeLike(target, temporary, markOf(bytes) + change.after)
    return { target, temporary }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** A new file with the mode and, where that is allowed, the owner of another. */
async function writeLike(model: string, path: string, text: string): Promise<void> {
  await using original = await open(model)
  const { mode, uid, gid } = await original.stat()
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  const made = await file.stat()
  // Only root may give a file away; without it the file belongs to whoever fixed it.
  if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid).catch(() => undefined)
  await file.chmod(mode & 0o7777)
  await file.sync()
}

async function isUnchanged(folder: string, { path, before }: FileChange): Promise<boolean> {
  const bytes = await readExisting(join(folder, path))
  return bytes !== undefined && bytes.equals(Buffer.from(markOf(bytes) + before))
}

/** The byte order marks that a text in a file begins with: its diagnostics do not count them. */
function markOf(bytes: Buffer): string {
  return /^\uFEFF*/.exec(bytes.toString('utf8', 0, 16))?.[0] ?? ''
}

async function readExisting(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
