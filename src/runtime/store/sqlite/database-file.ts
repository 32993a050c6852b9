/** The file of a SQLite store and the folder it is in: created privately, never changed when they exist. */
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreFailure } from '../../failures.ts'
import { messageOf } from '../../../util/message-of.ts'

const PRIVATE_FOLDER = '.agentspec'

/**
 * Creates the file of a new store, readable by its owner only, with the folders above it. A folder `.agentspec` is
 * private and ignores itself in git.
 *
 * @throws StoreFailure when the path is a folder, or cannot be created.
 */
export function ensureDatabaseFile(file: string): void {
  const folder = dirname(file)
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new StoreFailure(`${file} is a folder, not a database file.`, {
        hint: 'Name a file with --store sqlite:PATH.',
      })
    }
    ensureFolder(folder)
    if (createFile(file, '') && basename(folder) === PRIVATE_FOLDER)
      createFile(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    if (error instanceof StoreFailure) throw error
    throw new StoreFailure(`${file} cannot be created: ${reasonOf(error)}.`, {
      cause: error,
      hint: 'Check the path and the rights on its folder, or name another store with --store.',
    })
  }
}

function ensureFolder(folder: string): void {
  mkdirSync(basename(folder) === PRIVATE_FOLDER ? dirname(folder) : folder, { recursive: true })
  if (basename(folder) !== PRIVATE_FOLDER) return
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** False when the file was there already. */
function createFile(file: string, content: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    try {
      writeFileSync(handle, content)
    } finally {
      closeSync(handle)
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const REASONS: ReadonlyMap<string | undefined, string> = new Map([
  ['EACCES', 'you have no right to write there'],
  ['EPERM', 'you have no right to write there'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['ENOTDIR', 'a part of its path is a file, not a folder'],
  ['EEXIST', 'a part of its path is a file, not a folder'],
])

function reasonOf(error: unknown): string {
  return REASONS.get(codeOf(error)) ?? messageOf(error)
}
