/** Writes a lock file: whoever reads it meanwhile sees the old one or the new one. */
import { open, rename, rm } from 'node:fs/promises'
import { lockText } from '../../compiler/lock/spec-lock.ts'
import type { SpecLock } from '../../compiler/lock/spec-lock.ts'
import { maxFileBytes } from '../../compiler/parse/limits.ts'
import { messageOf } from '../../util/message-of.ts'
import { WorkFailure } from '../failures.ts'

/**
 * @param path Absolute.
 * @param shown How the file is called.
 * @throws WorkFailure `lock_too_large`, `write_failed`: the old file stays.
 */
export async function writeLock(path: string, shown: string, lock: SpecLock): Promise<void> {
  const text = lockText(lock)
  if (Buffer.byteLength(text) > maxFileBytes) {
    throw new WorkFailure(
      'lock_too_large',
      `What these servers say of their tools makes a lock file of more than ${maxFileBytes / 1024 / 1024} MiB`,
      'No model takes that much: use servers that offer less',
    )
  }
  const draft = `${path}.${process.pid}.tmp`
  try {
    await writeDurably(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw new WorkFailure('write_failed', `${shown} cannot be written: ${messageOf(error)}`)
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w')
  await file.writeFile(text)
  await file.sync()
}
