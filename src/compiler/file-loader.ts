/** Reads the files of a spec from disk, and only from inside its folder. */
import { constants } from 'node:fs'
import { open, readdir, realpath } from 'node:fs/promises'
import { join, relative, isAbsolute, sep } from 'node:path'
import type { ReadResult, SpecLoader } from './loader.ts'
import { maxFileBytes } from './parse/limits.ts'

/**
 * A loader for `folder`. `rootFile`, the spec the user named, may itself be a link to anywhere; every other file must
 * be inside the folder after its links are resolved.
 */
export function createFileLoader(folder: string, rootFile: string): SpecLoader {
  return {
    readText: async (path) => {
      try {
        const target = await realpath(join(folder, path))
        const isInside = path === rootFile || (await contains(folder, target))
        return isInside ? await readUtf8(target) : { ok: false, problem: 'outside' }
      } catch (error) {
        return { ok: false, problem: problemOf(error) }
      }
    },
    list: async (path) => {
      try {
        const target = await realpath(join(folder, path))
        return (await contains(folder, target)) ? await readdir(target) : []
      } catch {
        return []
      }
    },
  }
}

async function contains(folder: string, target: string): Promise<boolean> {
  const path = relative(await realpath(folder), target)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

async function readUtf8(path: string): Promise<ReadResult> {
  // Opening a pipe would otherwise wait for somebody to write into it.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stats = await file.stat()
  if (!stats.isFile()) return { ok: false, problem: 'not_a_file' }
  if (stats.size > maxFileBytes) return { ok: false, problem: 'too_large' }
  const bytes = await file.readFile()
  if (bytes.byteLength > maxFileBytes) return { ok: false, problem: 'too_large' }
  return decode(bytes)
}

function decode(bytes: Uint8Array): ReadResult {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { ok: false, problem: 'not_utf8' }
  }
}

function problemOf(error: unknown): 'not_found' | 'unreadable' | 'not_a_file' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return 'not_found'
  return code === 'EISDIR' ? 'not_a_file' : 'unreadable'
}
