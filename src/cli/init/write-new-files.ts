/** Writes files that must not exist yet, all of them or none. */
import { lstat, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageFailure } from '../../runtime/failures.ts'
import { WorkFailure } from '../failures.ts'
import { messageOf } from '../../util/message-of.ts'

/**
 * Writes files into a folder, which is created where it does not exist.
 *
 * @param files Texts by name.
 * @param shown How a file of the folder is called.
 * @throws UsageFailure `file_exists` when any is there already, a link to nowhere included, `not_a_folder` when a file
 *   is in the place of the folder; WorkFailure when writing fails. None of the files is left behind then.
 */
export async function writeNewFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  shown: (name: string) => string,
): Promise<void> {
  const existing: string[] = []
  for (const name of files.keys()) if (await isThere(join(folder, name))) existing.push(shown(name))
  if (existing.length > 0) throw alreadyThere(existing)
  await makeFolder(folder, shown('.'))
  const written: string[] = []
  try {
    for (const [name, text] of files) {
      // Not over a file that has appeared meanwhile.
      await writeFile(join(folder, name), text, { flag: 'wx' })
      written.push(name)
    }
  } catch (error) {
    await Promise.all(written.map((name) => rm(join(folder, name), { force: true })))
    throw notWritable(shown('.'), error)
  }
}

async function makeFolder(folder: string, shown: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw notWritable(shown, error)
    throw new UsageFailure('not_a_folder', `${shown} is not a folder`, 'Name another: agentspec init DIR')
  }
}

function notWritable(shown: string, error: unknown): WorkFailure {
  const reason = messageOf(error)
  return new WorkFailure('write_failed', `Nothing can be written to ${shown}: ${reason}`)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    // Whatever else is wrong with the path, writing to it says so.
    return false
  }
}

function alreadyThere(existing: readonly string[]): UsageFailure {
  const verb = existing.length === 1 ? 'exists' : 'exist'
  return new UsageFailure(
    'file_exists',
    `${existing.join(', ')} ${verb} already; nothing was written`,
    'Name another folder: agentspec init DIR',
  )
}
