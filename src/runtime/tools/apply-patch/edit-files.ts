/** Carries out the operations of an `apply_patch` call in a folder: each file is replaced as a whole or left alone. */
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
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
 * Carries out operations in order and says what was done, for the model: a line for each. Each is tried before the first
 * file is touched.
 *
 * @throws PatchProblem when one does not fit the folder as those before it leave it; nothing is changed then
 */
export async function editFiles(root: string, operations: readonly FileOperation[]): Promise<string> {
  const files = new Map<string, PlannedFile>()
  for (const operation of operations) {
    const target = await confinedPath(root, operation.path)
    const known = files.get(target) ?? (await fileOnDisk(target, operation.path))
    files.set(target, { path: operation.path, text: await textAfter(known, operation, target) })
  }
  for (const [target, file] of files) {
    await putFile(root, target, file)
  }
  return operations.map(describeEdit).join('\n')
}

/** What a file is going to be. */
interface PlannedFile {
  readonly path: string
  /** `null`: there is none. `undefined`: as it is on the disk. */
  readonly text: string | null | undefined
}

async function fileOnDisk(target: string, path: string): Promise<PlannedFile> {
  return { path, text: (await isFile(target, path)) ? undefined : null }
}

/** The text of the file after an operation; `null`: there is none. */
async function textAfter(
  { text }: PlannedFile,
  operation: FileOperation,
  target: string,
): Promise<string | null> {
  const { type, path } = operation
  if (type === 'create_file') {
    if (text !== null) throw new PatchProblem(`${path} exists already; update it instead`)
    return parseNewFile(operation.diff)
  }
  if (text === null) {
    const instead = type === 'update_file' ? '; create it instead' : ''
    throw new PatchProblem(`${path} does not exist${instead}`)
  }
  return type === 'delete_file' ? null : applyDiff(text ?? (await readText(target, path)), operation.diff)
}

async function putFile(root: string, target: string, { path, text }: PlannedFile): Promise<void> {
  if (typeof text === 'string') await mkdir(dirname(target), { recursive: true })
  // Folders on the way may have become links meanwhile.
  const place = await confinedPath(root, path)
  if (typeof text === 'string') await replaceFile(place, text)
  else await rm(place, { force: true })
}

function describeEdit({ type, path }: FileOperation): string {
  const verbs = { create_file: 'Created', update_file: 'Updated', delete_file: 'Deleted' } as const
  return `${verbs[type]} ${path}`
}

async function isFile(target: string, path: string): Promise<boolean> {
  const found = await statIfThere(target)
  if (found === null) return false
  if (!found.isFile()) throw new PatchProblem(`${path} is not a file`)
  if (found.size > MAX_FILE_BYTES) throw new PatchProblem(`${path} is larger than ${MAX_FILE_BYTES} bytes`)
  return true
}

/** A file that may not be looked at is not taken for one that is missing. */
async function statIfThere(target: string): Promise<Stats | null> {
  try {
    return await stat(target)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
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
  const mode = (await statIfThere(target))?.mode ?? 0o666
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
