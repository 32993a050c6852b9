/** Carries out the operations of an `apply_patch` call in a folder: each file is replaced as a whole or left alone. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isJsonObject } from '../../../util/json.ts'
import type { Json, JsonObject } from '../../../util/json.ts'
import { applyDiff } from './apply-diff.ts'
import { confinedPath } from './confined-path.ts'
import { parseNewFile, PatchProblem } from './parse-diff.ts'

/** One edit of one file, in the words of the Responses API. `path` is relative to the folder. */
export type FileOperation =
  | { readonly type: 'create_file' | 'update_file'; readonly path: string; readonly diff: string }
  | { readonly type: 'delete_file'; readonly path: string }

/** The largest file a patch may edit, in bytes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024

/**
 * The operations of a call's arguments: one operation, `{ operation }`, or `{ operations }`. `null`: they are none.
 */
export function operationsOf(args: JsonObject): readonly FileOperation[] | null {
  const list: readonly Json[] = Array.isArray(args['operations'])
    ? args['operations']
    : [args['operation'] ?? args]
  const operations = list.map(operationOf)
  return operations.length > 0 && operations.every((one) => one !== null) ? operations : null
}

function operationOf(value: Json): FileOperation | null {
  if (!isJsonObject(value) || typeof value['path'] !== 'string') return null
  const { type, path, diff } = value
  if (type === 'delete_file') return { type, path }
  if ((type !== 'create_file' && type !== 'update_file') || typeof diff !== 'string') return null
  return { type, path, diff }
}

/**
 * Carries out one operation and says what was done, for the model.
 *
 * @throws PatchProblem when the operation does not fit the folder; nothing is changed then
 */
export async function editFile(root: string, operation: FileOperation): Promise<string> {
  const target = await confinedPath(root, operation.path)
  const isThere = await isFile(target, operation.path)
  switch (operation.type) {
    case 'create_file':
      if (isThere) throw new PatchProblem(`${operation.path} exists already; update it instead`)
      await mkdir(dirname(target), { recursive: true })
      // Folders on the way may have become links meanwhile.
      await replaceFile(await confinedPath(root, operation.path), parseNewFile(operation.diff))
      return `Created ${operation.path}`
    case 'update_file':
      if (!isThere) throw new PatchProblem(`${operation.path} does not exist; create it instead`)
      await replaceFile(target, applyDiff(await readText(target, operation.path), operation.diff))
      return `Updated ${operation.path}`
    case 'delete_file':
      if (!isThere) throw new PatchProblem(`${operation.path} does not exist`)
      await rm(target)
      return `Deleted ${operation.path}`
  }
}

async function isFile(target: string, path: string): Promise<boolean> {
  const found = await stat(target).catch(() => null)
  if (found === null) return false
  if (!found.isFile()) throw new PatchProblem(`${path} is not a file`)
  if (found.size > MAX_FILE_BYTES) throw new PatchProblem(`${path} is larger than ${MAX_FILE_BYTES} bytes`)
  return true
}

async function readText(target: string, path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(target))
  } catch (error) {
    if (error instanceof TypeError) throw new PatchProblem(`${path} is not a text in UTF-8`)
    throw error
  }
}

/** The new text is on the disk before it takes the place of the old one. */
async function replaceFile(target: string, text: string): Promise<void> {
  const mode = (await stat(target).catch(() => null))?.mode ?? 0o666
  const fresh = `${target}.${randomUUID()}.tmp`
  try {
    const file = await open(fresh, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}
